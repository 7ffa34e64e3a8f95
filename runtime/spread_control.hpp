// Over how many connections quick statements are spread.
#pragma once

#include <array>
#include <chrono>
#include <cstddef>

namespace freehold {

/// While a connection is idle, a request could have it to itself, or join the
/// pipeline of one that works. Alone it starts sooner; in company it costs the
/// server and us fewer system calls and wake-ups. Which is better depends on the
/// network, the cores on both sides and the load, and is measured here: 64
/// requesters on two cores of their own server wait 0.36 ms each over 8
/// connections and 0.21 ms over 2.
///
/// Compared is the mean time from submission to answer under two spreads, by
/// Little's law: what was present, over time, divided by what was answered. To ask
/// the answers themselves would leave out those who are still stuck somewhere,
/// which are more of them the more threads share a core. It is measured in
/// short periods that alternate (settled, trial, trial, settled, so that a load
/// that rises or falls favours neither); of each spread's periods the better half
/// counts, because what else the machine does only makes them worse. A trial that is better by 3 %
/// becomes the settled one and the next is a step further; one that is not ends the search for a
/// while. Steps halve the spread, or add half, for what is far off differs by more than the noise
/// of a machine that does other things too; after two that were no better they are of a quarter.
/// Without enough traffic to measure, each request has a connection of its own as long as there is
/// one.
class spread_control {
public:
  using time_point = std::chrono::steady_clock::time_point;

  /// `most`: the pool's connections at most.
  spread_control(std::size_t most, time_point now);

  /// Connections to feed at once before pipelines grow longer.
  [[nodiscard]] std::size_t spread() const noexcept { return in_trial() ? trial_ : settled_; }
  /// From now on so many wait or are under way.
  void present(std::size_t requests, time_point now) noexcept;
  void answered(std::size_t requests) noexcept { current_.answers += requests; }
  /// To be called after each batch: ends periods.
  void judge(time_point now) noexcept;

private:
  static constexpr unsigned periods = 8; // of one comparison

  struct sample {
    double present_us = 0; // the sum of everybody's time here
    std::size_t answers = 0;
    [[nodiscard]] double mean() const noexcept { return present_us / static_cast<double>(answers); }
  };
  /// What was measured of one spread in a comparison.
  class record_of_periods {
  public:
    void add(double mean_us) noexcept { means_[count_++] = mean_us; }
    [[nodiscard]] std::size_t count() const noexcept { return count_; }
    [[nodiscard]] double better_half() const noexcept;

  private:
    std::array<double, periods / 2> means_{};
    std::size_t count_ = 0;
  };

  [[nodiscard]] bool in_trial() const noexcept;
  void begin_period(time_point now) noexcept;
  void rest(time_point now) noexcept;
  void conclude(time_point now) noexcept;
  void choose_trial() noexcept;

  std::size_t most_;
  std::size_t settled_; // the best known
  std::size_t trial_;   // compared with it
  bool narrower_ = true;
  unsigned rejected_ = 0; // trials since the latest that was better
  unsigned period_ = 0;   // of the comparison; see `in_trial`
  bool resting_ = false;
  time_point rest_until_;
  std::chrono::milliseconds rest_;
  time_point period_began_;
  std::size_t present_ = 0;
  time_point present_since_;
  sample current_;
  record_of_periods of_settled_;
  record_of_periods of_trial_;
};

} // namespace freehold
