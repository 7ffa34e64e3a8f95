#include "config/assembly.hpp"

#include "config/option_table.hpp"

#include <algorithm>
#include <array>
#include <tuple>

namespace freehold::configuration {
namespace {

/// Where a URL points to. A URL in an overlay replaces these of the layers
/// below as a whole: half of each would be a server nobody named, and would
/// hand it a password that is not its own.
bool belongs_to_location(std::string_view keyword) {
  constexpr std::array<std::string_view, 6> location{"host", "hostaddr", "port",
                                                     "user", "password", "dbname"};
  return std::find(location.begin(), location.end(), keyword) != location.end();
}

bool gives(const connection_target& target, const std::string& keyword) {
  if (keyword == "schema")
    return !target.schema.empty();
  if (keyword == "sslpassword")
    return !target.ssl_password.empty();
  return target.parameters.contains(keyword);
}

/// A default that the operator did not write must not contradict one he did.
void shrink_default_minimum(database_options& database, const std::string& prefix,
                            const provenance& origins) {
  if (!origins.knows(prefix + "pool.min_connections"))
    database.pool.min_connections =
        std::min(database.pool.min_connections, database.pool.max_connections);
}

void apply_url_options(const url_settings& settings, database_options& database,
                       const std::string& prefix, const place& where, provenance& origins) {
  for (const auto& [key, value] : settings.options) {
    find_option(database_groups(), key)->member.write(&database, value);
    origins.remember(prefix + key, where);
  }
  for (const auto& parameter : settings.target.parameters)
    if (!origins.knows(prefix + parameter.first))
      origins.remember(prefix + parameter.first, where);
}

/// Puts one section's draft into its struct.
class section_assembler {
public:
  section_assembler(const section_draft& from, std::string prefix, const environment& env,
                    provenance& origins, problem_list& problems)
      : draft_{from}, prefix_{std::move(prefix)}, env_{env}, origins_{origins}, problems_{
                                                                                    problems} {
    for (const std::string& key : draft_.faulty)
      origins_.mark_faulty(prefix_ + key);
    for (const auto& [key, value] : draft_.values)
      origins_.remember(prefix_ + key, value.where);
  }

  void apply_options(const std::vector<option_group>& groups, option_owner owner) {
    for (const auto& [key, value] : draft_.values) {
      const option* const entry = find_option(groups, key);
      if (!entry)
        continue;
      if (const std::optional<option_value> read = read_option(*entry, value, env_, problems_))
        entry->member.write(owner, *read);
      else
        origins_.mark_faulty(prefix_ + key);
    }
  }

  void apply_database(database_options& database) {
    const url_settings from_url = effective_url();
    if (const auto url = draft_.values.find("url"); url != draft_.values.end())
      apply_url_options_below(from_url, database, url->second.where);
    apply_options(database_groups(), &database);
    database.target = from_url.target;
    for (const auto& [key, value] : draft_.values)
      if (!is_replaced_by_url(key, value, from_url.target))
        apply_connection_key(key, value, database.target);
    shrink_default_minimum(database, prefix_, origins_);
  }

private:
  url_settings effective_url() {
    const auto url = draft_.values.find("url");
    if (url == draft_.values.end())
      return {};
    std::optional<url_settings> settings = read_url(url->second, env_, problems_);
    return settings ? std::move(*settings) : url_settings{};
  }

  /// What a section writes keeps its own place; the URL speaks for the rest.
  void apply_url_options_below(const url_settings& settings, database_options& database,
                               const place& where) {
    url_settings unwritten = settings;
    std::erase_if(unwritten.options,
                  [&](const auto& entry) { return draft_.values.contains(entry.first); });
    apply_url_options(unwritten, database, prefix_, where, origins_);
  }

  [[nodiscard]] bool is_replaced_by_url(const std::string& key, const assignment& value,
                                        const connection_target& target) const {
    const auto url = draft_.values.find("url");
    return url != draft_.values.end() && value.layer < url->second.layer &&
           (belongs_to_location(key) || gives(target, key));
  }

  void apply_connection_key(const std::string& key, const assignment& value,
                            connection_target& target) {
    if (key == "schema") {
      if (const std::optional<std::string> schema = read_schema(value, env_, problems_))
        target.schema = *schema;
    } else if (const libpq_parameter* const parameter = find_libpq_parameter(key)) {
      if (const std::optional<std::string> text =
              read_parameter(*parameter, value, env_, problems_))
        set_parameter(target, key, *text);
    }
  }

  const section_draft& draft_;
  std::string prefix_;
  const environment& env_;
  provenance& origins_;
  problem_list& problems_;
};

/// Sections in the order in which they are first mentioned.
std::vector<std::string> in_file_order(const std::map<std::string, section_draft>& sections) {
  std::vector<std::tuple<std::size_t, std::size_t, std::size_t, std::string>> order;
  for (const auto& [name, section] : sections)
    order.emplace_back(section.layer, section.where.line, section.where.column, name);
  std::sort(order.begin(), order.end());
  std::vector<std::string> names;
  for (const auto& entry : order)
    names.push_back(std::get<3>(entry));
  return names;
}

/// The children whose parent's path is `parent`, which is "" or ends with a dot.
std::vector<child_options> assemble_children(const draft& from, const std::string& parent,
                                             base_profile profile, const environment& env,
                                             provenance& origins, problem_list& problems) {
  const std::string prefix = parent + "child.";
  std::vector<child_options> children;
  for (const std::string& path : in_file_order(from.children)) {
    const bool is_ours =
        path.starts_with(prefix) && path.find('.', prefix.size()) == std::string::npos;
    if (!is_ours)
      continue;
    const section_draft& section = from.children.at(path);
    origins.remember(path, section.where);
    child_options child = default_child(profile, path.substr(prefix.size()));
    section_assembler{section, path + ".", env, origins, problems}.apply_options(child_groups(),
                                                                                 &child);
    child.children = assemble_children(from, path + ".", profile, env, origins, problems);
    children.push_back(std::move(child));
  }
  return children;
}

} // namespace

config assemble(const draft& from, base_profile profile, const environment& env,
                provenance& origins, problem_list& problems) {
  config result = default_config(profile);
  section_assembler{from.runtime, "runtime.", env, origins, problems}.apply_options(
      runtime_groups(), &result.runtime);
  for (const std::string& name : in_file_order(from.databases)) {
    const section_draft& section = from.databases.at(name);
    origins.remember("database." + name, section.where);
    database_options database = default_database(profile, name);
    section_assembler{section, "database." + name + ".", env, origins, problems}.apply_database(
        database);
    result.databases.push_back(std::move(database));
  }
  result.children = assemble_children(from, "", profile, env, origins, problems);
  return result;
}

database_options assemble_from_url(const url_settings& settings, base_profile profile,
                                   const std::string& name, const place& where,
                                   provenance& origins) {
  database_options database = default_database(profile, name);
  const std::string prefix = "database." + name + ".";
  apply_url_options(settings, database, prefix, where, origins);
  database.target = settings.target;
  shrink_default_minimum(database, prefix, origins);
  return database;
}

} // namespace freehold::configuration
