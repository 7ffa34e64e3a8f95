// One seed: a database, its users, its server, and all that happens to them.
#pragma once

#include "tests/simulation/fibers.hpp"
#include "tests/simulation/record.hpp"

#include <cstdint>

namespace freehold::simulation {

struct result_of_seed {
  verdict laws;
  std::uint64_t digest = 0; ///< of every turn taken; equal for a replay
  std::uint64_t turns = 0;
  std::size_t requests = 0;
  std::size_t succeeded = 0;
};

/// Everything that happens follows from `seed`. A seed whose laws do not hold may leave stacks
/// behind that wait for ever: then `stacks` are not to be used again.
[[nodiscard]] result_of_seed simulate(std::uint64_t seed, fibers& stacks, bool verbose);

} // namespace freehold::simulation
