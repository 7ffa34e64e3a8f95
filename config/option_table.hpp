// The one list of options. It gives the defaults of both profiles, drives the
// loader, the range checks, the suggestions and docs/CONFIGURATION.md.
#pragma once

#include "config/option.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace freehold::configuration {

/// Sections below [runtime]; the group with an empty name is [runtime] itself.
const std::vector<option_group>& runtime_groups();
/// Sections below [database.NAME].
const std::vector<option_group>& database_groups();

/// [child.NAME]: one group, without a name.
const std::vector<option_group>& child_groups();

/// "pool" and "max_connections" as "pool.max_connections".
std::string option_key(const option_group& group, const option& entry);

/// The option under a dotted key, or null.
const option* find_option(const std::vector<option_group>& groups, std::string_view key);
const option_group* find_group(const std::vector<option_group>& groups, std::string_view name);

// The groups, a function each; the order in the document is that of the table.
option_group process_group();
option_group log_group();
option_group supervision_group();
option_group admin_group();
option_group child_group();
option_group pool_group();
option_group connect_group();
option_group statements_group();
option_group lease_group();
option_group liveness_group();
option_group breaker_group();
option_group retry_group();
option_group shedding_group();
option_group fallback_group();

} // namespace freehold::configuration
