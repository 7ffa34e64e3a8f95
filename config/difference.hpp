// What differs between the configuration in force and one that is to follow it.
#pragma once

#include "config/option.hpp"

#include <string>
#include <vector>

namespace freehold::configuration {

struct difference {
  std::string key;    ///< dotted: "database.primary.pool.max_connections"
  std::string before; ///< as in a file; empty when it was not there, "***" for secrets
  std::string after;
  reload applies = reload::at_once;
};

/// All of them: options in the order of the table, then databases and children.
[[nodiscard]] std::vector<difference> differences(const config& before, const config& after);

/// "database.primary.pool.max_connections: 10 -> 20"
[[nodiscard]] std::string describe(const difference& what);

/// `wanted`, with everything that takes a restart left as it is `now`.
[[nodiscard]] config applicable(const config& now, config wanted);

} // namespace freehold::configuration
