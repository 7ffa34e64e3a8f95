#include "config/difference.hpp"

#include "config/libpq_parameter.hpp"
#include "config/option_table.hpp"
#include "config/option_value.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <set>

namespace freehold::configuration {
namespace {

using found = std::vector<difference>;

void compare(const std::vector<option_group>& groups, const std::string& prefix,
             const_option_owner before, const_option_owner after, found& all) {
  for (const option_group& group : groups)
    for (const option& entry : group.options) {
      const option_value was = entry.member.read(before);
      const option_value will_be = entry.member.read(after);
      if (was != will_be)
        all.push_back({prefix + option_key(group, entry), format_value(entry, was),
                       format_value(entry, will_be), entry.applies});
    }
}

std::string parameter_of(const connection_target& target, const std::string& keyword) {
  const auto at = target.parameters.find(keyword);
  return at == target.parameters.end() ? std::string{} : at->second;
}

void compare_targets(const connection_target& before, const connection_target& after,
                     const std::string& prefix, found& all) {
  std::set<std::string> keywords;
  for (const connection_target* each : {&before, &after})
    for (const auto& [keyword, value] : each->parameters)
      keywords.insert(keyword);
  const auto note = [&](const std::string& key, const std::string& was, const std::string& is) {
    all.push_back({prefix + key, was, is, reload::new_connections});
  };
  for (const std::string& keyword : keywords) {
    const std::string was = parameter_of(before, keyword);
    const std::string is = parameter_of(after, keyword);
    if (was != is)
      note(keyword, was, is);
  }
  if (before.schema != after.schema)
    note("schema", before.schema, after.schema);
  if (before.password != after.password)
    note("password", "***", "***");
  if (before.ssl_password != after.ssl_password)
    note("sslpassword", "***", "***");
}

const database_options* find(const std::vector<database_options>& in, const std::string& name) {
  const auto at = std::find_if(in.begin(), in.end(),
                               [&](const database_options& each) { return each.name == name; });
  return at == in.end() ? nullptr : &*at;
}

void compare_databases(const config& before, const config& after, found& all) {
  for (const database_options& now : before.databases) {
    const std::string key = "database." + now.name;
    const database_options* const next = find(after.databases, now.name);
    if (next == nullptr) {
      all.push_back({key, "configured", "", reload::restart});
      continue;
    }
    compare_targets(now.target, next->target, key + ".", all);
    compare(database_groups(), key + ".", &now, next, all);
  }
  for (const database_options& next : after.databases)
    if (find(before.databases, next.name) == nullptr)
      all.push_back({"database." + next.name, "", "configured", reload::restart});
}

void compare_children(const std::vector<child_options>& before,
                      const std::vector<child_options>& after, const std::string& parent,
                      found& all) {
  const auto named = [](const std::vector<child_options>& in, const std::string& name) {
    return std::find_if(in.begin(), in.end(),
                        [&](const child_options& each) { return each.name == name; });
  };
  for (const child_options& now : before) {
    const std::string key = parent + "child." + now.name;
    const auto next = named(after, now.name);
    if (next == after.end()) {
      all.push_back({key, "configured", "", reload::restart});
      continue;
    }
    compare(child_groups(), key + ".", &now, &*next, all);
    compare_children(now.children, next->children, key + ".", all);
  }
  for (const child_options& next : after)
    if (named(before, next.name) == before.end())
      all.push_back({parent + "child." + next.name, "", "configured", reload::restart});
}

} // namespace

std::vector<difference> differences(const config& before, const config& after) {
  found all;
  compare(runtime_groups(), "runtime.", &before.runtime, &after.runtime, all);
  compare_databases(before, after, all);
  compare_children(before.children, after.children, "", all);
  return all;
}

std::string describe(const difference& what) {
  if (what.before == "***" && what.after == "***")
    return what.key + ": another one";
  if (what.before.empty())
    return fmt::format("{}: now {}", what.key, what.after);
  if (what.after.empty())
    return fmt::format("{}: no longer {}", what.key, what.before);
  return fmt::format("{}: {} -> {}", what.key, what.before, what.after);
}

config applicable(const config& now, config wanted) {
  for (const option_group& group : runtime_groups())
    for (const option& entry : group.options)
      if (entry.applies == reload::restart)
        entry.member.write(&wanted.runtime, entry.member.read(&now.runtime));
  std::vector<database_options> databases;
  for (const database_options& each : now.databases) {
    const database_options* const next = find(wanted.databases, each.name);
    databases.push_back(next != nullptr ? *next : each);
  }
  wanted.databases = std::move(databases);
  wanted.children = now.children;
  return wanted;
}

} // namespace freehold::configuration
