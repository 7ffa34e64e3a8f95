// Over how many connections quick statements are spread.
#pragma once

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
/// Compared is the mean time from submission to answer under two spreads, in
/// short periods that alternate (settled, trial, trial, settled, so that a load
/// that rises or falls favours neither). A trial that is better by 3 % becomes
/// the settled one and the next is a step further; one that is not ends the
/// search for a while. Without enough traffic to measure, each request has a
/// connection of its own as long as there is one.
class spread_control {
public:
  using time_point = std::chrono::steady_clock::time_point;

  /// `most`: the pool's connections at most.
  spread_control(std::size_t most, time_point now);

  /// Connections to feed at once before pipelines grow longer.
  [[nodiscard]] std::size_t spread() const noexcept { return in_trial() ? trial_ : settled_; }
  /// One request was answered at `now`, as one of a batch.
  void record(time_point submitted, time_point now) noexcept;
  /// To be called after each batch: ends periods.
  void judge(time_point now) noexcept;

private:
  struct sample {
    double total_us = 0;
    std::size_t answers = 0;
    [[nodiscard]] double mean() const noexcept { return total_us / static_cast<double>(answers); }
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
  unsigned period_ = 0; // of the comparison; see `in_trial`
  bool resting_ = false;
  time_point rest_until_;
  std::chrono::milliseconds rest_;
  time_point period_began_;
  sample current_;
  sample of_settled_;
  sample of_trial_;
};

} // namespace freehold
