#include "runtime/restart_intensity.hpp"

#include <algorithm>

namespace freehold {

restart_intensity::restart_intensity(std::size_t restarts, std::chrono::milliseconds period)
    : restarts_{restarts}, period_{period} {}

bool restart_intensity::restart(time_point now) {
  expire(now);
  if (recent_.size() >= restarts_)
    return false;
  recent_.push_back(now);
  return true;
}

std::size_t restart_intensity::recent(time_point now) const {
  return static_cast<std::size_t>(std::count_if(
      recent_.begin(), recent_.end(), [&](time_point when) { return now - when < period_; }));
}

void restart_intensity::reconfigure(std::size_t restarts, std::chrono::milliseconds period) {
  restarts_ = restarts;
  period_ = period;
}

void restart_intensity::expire(time_point now) {
  while (!recent_.empty() && now - recent_.front() >= period_)
    recent_.pop_front();
}

} // namespace freehold
