#include "config/option_table.hpp"

namespace freehold::configuration {

const std::vector<option_group>& runtime_groups() {
  static const std::vector<option_group> groups{process_group(), log_group(), supervision_group(),
                                                admin_group()};
  return groups;
}

const std::vector<option_group>& database_groups() {
  static const std::vector<option_group> groups{pool_group(),  connect_group(),  statements_group(),
                                                lease_group(), liveness_group(), breaker_group(),
                                                retry_group(), shedding_group(), fallback_group()};
  return groups;
}

const std::vector<option_group>& child_groups() {
  static const std::vector<option_group> groups{child_group()};
  return groups;
}

std::string option_key(const option_group& group, const option& entry) {
  if (group.name.empty())
    return std::string{entry.key};
  return std::string{group.name} + "." + std::string{entry.key};
}

const option* find_option(const std::vector<option_group>& groups, std::string_view key) {
  for (const option_group& group : groups)
    for (const option& entry : group.options)
      if (option_key(group, entry) == key)
        return &entry;
  return nullptr;
}

const option_group* find_group(const std::vector<option_group>& groups, std::string_view name) {
  for (const option_group& group : groups)
    if (group.name == name)
      return &group;
  return nullptr;
}

} // namespace freehold::configuration
