// What a side's program is told.
#pragma once

#include "bench/harness/side.hpp"

namespace bench {

/// From `--name value` pairs; throws what is wrong with them.
[[nodiscard]] cell parse_arguments(int count, char** arguments);

} // namespace bench
