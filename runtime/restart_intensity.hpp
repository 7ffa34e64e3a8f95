// When restarting has become pointless.
#pragma once

#include <chrono>
#include <cstddef>
#include <deque>

namespace freehold {

/// OTP's restart intensity: at most N restarts within any period; one more
/// means that restarting does not help, and the parent has to decide.
/// https://www.erlang.org/doc/system/sup_princ.html#maximum-restart-intensity
class restart_intensity {
public:
  using time_point = std::chrono::steady_clock::time_point;

  /// `restarts` of 0 escalates at the first.
  restart_intensity(std::size_t restarts, std::chrono::milliseconds period);

  /// Notes a restart. True: go ahead; false: escalate.
  [[nodiscard]] bool restart(time_point now);
  /// Restarts within the period that ends at `now`.
  [[nodiscard]] std::size_t recent(time_point now) const;
  void reconfigure(std::size_t restarts, std::chrono::milliseconds period);

private:
  void expire(time_point now);

  std::size_t restarts_;
  std::chrono::milliseconds period_;
  std::deque<time_point> recent_; ///< oldest first; bounded by `restarts_`
};

} // namespace freehold
