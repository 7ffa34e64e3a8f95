// Comparing what is not exact; the two generations of Catch2 call theirs differently.
#pragma once

#include <cmath>

namespace freehold::testing {

/// Whether they differ by that part of the second at most.
[[nodiscard]] inline bool near(double seen, double truth, double part) {
  return std::abs(seen - truth) <= std::abs(truth) * part;
}

} // namespace freehold::testing
