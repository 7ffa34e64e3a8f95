#include "runtime/backoff.hpp"

#include <algorithm>
#include <cassert>
#include <cmath>

namespace freehold {

using std::chrono::milliseconds;

backoff::backoff(milliseconds first, milliseconds base, milliseconds cap, std::uint64_t seed)
    : first_{std::min(first, cap)}, base_{std::min(base, cap)}, cap_{cap}, previous_{base_},
      engine_{seed} {
  assert(first.count() >= 0 && base.count() >= 0);
}

milliseconds backoff::next() {
  if (failures_++ == 0)
    return first_;
  // The cap bounds the range, not the result: otherwise a long outage ends with
  // most clients waiting exactly `cap`, together.
  const milliseconds high = previous_ > cap_ / 3 ? cap_ : previous_ * 3;
  std::uniform_int_distribution<milliseconds::rep> between{base_.count(), high.count()};
  previous_ = milliseconds{between(engine_)};
  return previous_;
}

void backoff::reset() noexcept {
  failures_ = 0;
  previous_ = base_;
}

milliseconds full_jitter(milliseconds base, milliseconds cap, std::size_t attempt,
                         double uniform01) noexcept {
  assert(attempt >= 1 && uniform01 >= 0.0 && uniform01 <= 1.0);
  const int doublings = static_cast<int>(std::min<std::size_t>(attempt - 1, 62));
  const double ceiling = std::min(static_cast<double>(cap.count()),
                                  std::ldexp(static_cast<double>(base.count()), doublings));
  return milliseconds{static_cast<milliseconds::rep>(ceiling * uniform01)};
}

} // namespace freehold
