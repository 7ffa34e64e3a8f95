// What a supervisor does about its children, as a decision without any actor.
#pragma once

#include "runtime/restart_intensity.hpp"

#include <freehold/config.hpp>

#include <cstddef>
#include <cstdint>
#include <vector>

namespace freehold {

enum class child_end : std::uint8_t {
  normal,   ///< it finished, or was asked to end
  abnormal, ///< a defect, a kill, or a start that failed
};

/// What the end of a child leads to.
enum class consequence : std::uint8_t {
  expected, ///< it was to be stopped anyway
  left,     ///< it is not started again
  restart,  ///< it is, and siblings with it as the strategy says
  escalate, ///< too many restarts: all children are stopped and the supervisor fails
};

struct supervision_step {
  enum class action : std::uint8_t {
    wait,   ///< for an end that was asked for, or for anything to happen
    start,  ///< the child; then say `started` or `start_failed`
    stop,   ///< the child; then say `ended` when it has
    finish, ///< no child is left: the supervisor ends
  };
  action what = action::wait;
  std::size_t child = 0;
  friend bool operator==(const supervision_step&, const supervision_step&) = default;
};

/// The decisions of one supervisor, with the semantics of Erlang/OTP's
/// (https://www.erlang.org/doc/apps/stdlib/supervisor): children start in order
/// and stop one by one in the reverse order; a restart is at once, and more of
/// them than the intensity allows end the supervisor.
///
/// One thing differs from OTP: a child that fails to start at first is treated as
/// one that crashed. A group restart also starts transient children again that
/// had ended normally, and never temporary ones, as in OTP.
///
/// Children are numbered from 0 in the order of their start.
class supervision_plan {
public:
  using time_point = restart_intensity::time_point;

  supervision_plan(restart_strategy strategy, restart_intensity limit,
                   const std::vector<restart_policy>& children);

  /// What to do now; ask again after each step until it is `wait` or `finish`.
  [[nodiscard]] supervision_step next();
  void started(std::size_t child);
  /// The start that `next` asked for failed.
  consequence start_failed(std::size_t child, time_point now);
  consequence ended(std::size_t child, child_end how, time_point now);
  /// Another limit from now on.
  void reconfigure(std::size_t restarts, std::chrono::milliseconds period) {
    limit_.reconfigure(restarts, period);
  }
  /// Stop all and finish.
  void shut_down() noexcept { ending_ = true; }

  /// It ends because of too many restarts.
  [[nodiscard]] bool failed() const noexcept { return failed_; }
  /// The child is to be started again, now or when others have stopped.
  [[nodiscard]] bool will_start(std::size_t child) const;
  /// Restarts within the period that ends at `now`.
  [[nodiscard]] std::size_t recent(time_point now) const { return limit_.recent(now); }

private:
  enum class phase : std::uint8_t { wanted, up, stopping, down };
  struct member {
    restart_policy restart = restart_policy::permanent;
    phase is = phase::wanted;
    bool doomed = false; // runs, but is stopped because of a sibling
  };

  consequence fell(std::size_t child, child_end how, time_point now);
  void doom_siblings(std::size_t of);

  restart_strategy strategy_;
  restart_intensity limit_;
  std::vector<member> members_;
  bool ending_ = false;
  bool failed_ = false;
};

} // namespace freehold
