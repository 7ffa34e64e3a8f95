// Judging a whole configuration.
#pragma once

#include "config/problem.hpp"

namespace freehold::configuration {

/// Every option's range, every connection parameter, and what options demand
/// of each other; reported where `origins` says the value was written.
void check(const config& value, const provenance& origins, problem_list& problems);

} // namespace freehold::configuration
