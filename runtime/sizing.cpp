#include "runtime/sizing.hpp"

#include <algorithm>
#include <cassert>

namespace freehold {
namespace {

// How many more connections the load could use, those under way not yet counted.
std::size_t wanted_by_load(const sizing_input& now) noexcept {
  if (now.waiting > 0)
    return now.waiting;
  return now.all_busy ? 1 : 0;
}

std::size_t difference(std::size_t a, std::size_t b) noexcept {
  return a > b ? a - b : 0;
}

} // namespace

std::size_t connections_to_open(const pool_options& pool, const connect_options& connect,
                                const sizing_input& now) noexcept {
  if (now.backing_off)
    return 0;
  const std::size_t limit = std::min(pool.max_connections, now.ceiling);
  const std::size_t usable = now.counts.usable();
  const std::size_t target = std::max(pool.min_connections, usable + wanted_by_load(now));
  const std::size_t missing = difference(target, usable + now.counts.connecting);
  return std::min({missing, difference(limit, now.counts.total()),
                   difference(connect.concurrent, now.counts.connecting)});
}

connection_ceiling::connection_ceiling(std::chrono::milliseconds step) : step_{step} {
  assert(step.count() > 0);
}

void connection_ceiling::too_many(std::size_t current, time_point now) noexcept {
  lowered_ = std::max<std::size_t>(current, 1);
  since_ = now;
}

std::size_t connection_ceiling::limit(time_point now) const noexcept {
  if (lowered_ == unlimited)
    return unlimited;
  const auto steps = std::max<std::chrono::steady_clock::rep>(0, (now - since_) / step_);
  return lowered_ + static_cast<std::size_t>(steps);
}

} // namespace freehold
