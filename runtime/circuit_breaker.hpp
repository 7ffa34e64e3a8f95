// Whether it makes sense to ask the server at all.
#pragma once

#include "runtime/call_window.hpp"

#include <freehold/config.hpp>
#include <freehold/stats.hpp>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <random>
#include <string>

namespace freehold {

/// A circuit breaker for one database, after Nygard, "Release It!", with the
/// sliding window of resilience4j and the growing, varied open time of Pekko.
///
/// Only what speaks of the infrastructure is told to it: sessions that ended and
/// connects that failed, never a statement's own error. A session may also end
/// because somebody ended just that one, so a row of such losses alone does not
/// open it: the connect that follows decides, and if that fails, it opens at
/// once. A failure rate or a rate of slow calls over the window opens it alone.
///
///   closed ──failures──▶ open ──its time──▶ half_open ──trial works──▶ recovering ──▶ closed
///                          ▲                    │ trial fails                │ a connect fails
///                          └────────────────────┴────────────────────────────┘
///
/// While it is open nothing is sent and nothing connects. Half open, one trial
/// connection is made, without a user's request. Recovering, the pool grows from
/// one connection to two, four, … so that a server that has just come back is
/// not met by everybody at once.
class circuit_breaker {
public:
  using time_point = std::chrono::steady_clock::time_point;

  /// `connections`: of the whole pool; where recovering ends. `seed` decides how
  /// open times are varied.
  circuit_breaker(const breaker_options& options, std::size_t connections, std::uint64_t seed,
                  time_point now);

  // -- what happened

  /// `calls` were answered by the server, `slow` of them slowly.
  void succeeded(std::size_t calls, std::size_t slow, time_point now);
  /// A session ended: one failure, however much was under way on it.
  void lost(const std::string& why, time_point now);
  void connected(time_point now);
  /// A connect failed while no connection served. `hopeless`: until somebody
  /// changes something (a password, a missing database), so it opens at once and
  /// for as long as it may.
  void connect_failed(const std::string& why, bool hopeless, time_point now);
  /// What time brings: the trial, and the steps of recovering.
  void advance(time_point now);
  /// By hand: open, closed, or automatic again, which begins with a trial.
  void force(circuit_override how, time_point now);
  /// What was wrong may have been mended: an open circuit is tried at once, unless
  /// it was opened by hand.
  void try_soon(time_point now);
  /// Other options from now on. The state stays; what was counted stays too,
  /// unless the window is another.
  void reconfigure(const breaker_options& options, std::size_t connections);

  // -- what follows

  [[nodiscard]] circuit_state state() const noexcept { return state_; }
  /// Whether requests may be taken on.
  [[nodiscard]] bool admits() const noexcept {
    return state_ == circuit_state::closed || state_ == circuit_state::recovering;
  }
  /// Connections there may be at most.
  [[nodiscard]] std::size_t connections() const noexcept;
  /// When `advance` has something to do.
  [[nodiscard]] std::optional<time_point> next_event() const noexcept;
  /// Of the present state.
  [[nodiscard]] time_point since() const noexcept { return since_; }
  /// When the outage began that opened it.
  [[nodiscard]] time_point open_since() const noexcept { return open_since_; }
  /// Why it opened; empty while closed.
  [[nodiscard]] const std::string& cause() const noexcept { return cause_; }
  [[nodiscard]] circuit_override forced() const noexcept { return forced_; }
  /// How long to wait before it may be worth while to ask again; of one that is forced open,
  /// `open_cap`.
  [[nodiscard]] std::chrono::milliseconds retry_after(time_point now) const;
  [[nodiscard]] std::uint64_t opened_total() const noexcept { return opened_total_; }

private:
  void judge_rates(const std::string& latest, time_point now);
  void open(std::string cause, bool hopeless, time_point now);
  void enter(circuit_state next, time_point now);
  [[nodiscard]] std::chrono::milliseconds open_time(bool hopeless);

  breaker_options options_;
  std::size_t most_;
  std::mt19937_64 engine_;
  call_window window_;
  circuit_state state_ = circuit_state::closed;
  circuit_override forced_ = circuit_override::automatic;
  time_point since_;
  time_point open_since_;
  time_point until_{}; // of open, or of a step of recovering
  std::string cause_;
  std::size_t in_a_row_ = 0;  // failures since the last success
  std::size_t openings_ = 0;  // without having closed since
  std::size_t recovered_ = 0; // connections, while recovering
  std::uint64_t opened_total_ = 0;
};

} // namespace freehold
