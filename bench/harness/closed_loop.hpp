// Requesters that each ask again as soon as they are answered.
#pragma once

#include "bench/harness/latency.hpp"
#include "bench/harness/side.hpp"

namespace bench {

struct measurement {
  bool threads = false; ///< a requester was a thread; else completions
  double seconds = 0;
  latency took; ///< of what succeeded, slow ones aside
  std::uint64_t slow = 0;
  std::uint64_t failed = 0;
  std::string failure;          ///< the first
  std::uint64_t unanswered = 0; ///< requests without an answer long after the end
  std::uint64_t starved = 0;    ///< requesters that were not answered once
  double user_seconds = 0;      ///< of the processor, this process
  double system_seconds = 0;
};

[[nodiscard]] measurement run_closed_loop(side& on, const cell& how);

} // namespace bench
