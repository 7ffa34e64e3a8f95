// The built-in profiles, filled in from the option table.
#include "config/option_table.hpp"
#include "config/option_value.hpp"
#include "config/profile.hpp"

namespace freehold {
namespace {

void write_defaults(const std::vector<configuration::option_group>& groups, base_profile profile,
                    configuration::option_owner owner) {
  for (const configuration::option_group& group : groups)
    for (const configuration::option& entry : group.options)
      entry.member.write(owner, configuration::default_value(entry, profile));
}

} // namespace

config default_config(base_profile profile) {
  config result;
  result.profile = configuration::profile_name(profile);
  write_defaults(configuration::runtime_groups(), profile, &result.runtime);
  return result;
}

database_options default_database(base_profile profile, std::string name) {
  database_options result;
  result.name = std::move(name);
  write_defaults(configuration::database_groups(), profile, &result);
  return result;
}

child_options default_child(base_profile profile, std::string name) {
  child_options result;
  result.name = std::move(name);
  write_defaults(configuration::child_groups(), profile, &result);
  return result;
}

} // namespace freehold
