// Many requests that wait at once: what each costs, and that each is answered.
#pragma once

#include "bench/harness/side.hpp"

namespace bench {

struct waiting_measurement {
  double bytes = 0;          ///< from the allocator, for each that waits
  double resident_bytes = 0; ///< of memory, the same
  std::uint64_t right = 0;
  std::uint64_t failed = 0;
  std::string failure;     ///< the first
  std::uint64_t lost = 0;  ///< never answered
  std::uint64_t twice = 0; ///< answered more than once
  double seconds = 0;      ///< until all were answered, from when they could be
  double longest_us = 0;   ///< of the waits, from there
};

/// Holds all requests up with a lock on their table, then lets them go.
[[nodiscard]] waiting_measurement measure_waiting(side& on, const cell& how);

} // namespace bench
