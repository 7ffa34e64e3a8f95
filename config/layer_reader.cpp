#include "config/layer_reader.hpp"

#include "config/nearest.hpp"
#include "config/option_table.hpp"
#include "config/redacted_url.hpp"

#include <algorithm>

namespace freehold::configuration {
namespace {

bool is_connection_key(const std::string& key) {
  return key == "url" || key == "schema" || find_libpq_parameter(key) != nullptr;
}

std::vector<std::string> keys_of(const option_group& group) {
  std::vector<std::string> keys;
  for (const option& entry : group.options)
    keys.emplace_back(entry.key);
  return keys;
}

std::vector<std::string> runtime_keys() {
  std::vector<std::string> keys = keys_of(*find_group(runtime_groups(), ""));
  for (const option_group& group : runtime_groups())
    if (!group.name.empty())
      keys.emplace_back(group.name);
  return keys;
}

std::vector<std::string> database_keys() {
  std::vector<std::string> keys{"url", "schema"};
  for (const option_group& group : database_groups())
    keys.emplace_back(group.name);
  for (const std::string& keyword : libpq_keywords())
    keys.push_back(keyword);
  return keys;
}

/// Where a key that is known elsewhere belongs: "; did you mean pool.queue_length?"
std::string elsewhere(const std::string& key, const std::vector<option_group>& groups) {
  for (const option_group& group : groups)
    for (const option& entry : group.options)
      if (entry.key == key)
        return "; did you mean " + option_key(group, entry) + "?";
  return {};
}

/// Nothing is known about an unknown key, not even that it is no secret.
std::string shown_value(const scalar& value) {
  return std::holds_alternative<std::string>(value) ? "***" : as_written(value);
}

} // namespace

std::set<std::string> declared_databases(const std::vector<layer>& layers) {
  std::set<std::string> names;
  for (const layer& one : layers) {
    const document_node* const databases = one.node->child("database");
    if (!databases)
      continue;
    for (const document_node& database : databases->children)
      if (one.number == 0 ||
          std::any_of(database.children.begin(), database.children.end(),
                      [](const document_node& node) { return is_connection_key(node.key); }))
        names.insert(database.key);
  }
  return names;
}

void layer_reader::read() {
  const std::string own = layer_.number == 0 ? "profile" : "base";
  for (const document_node& node : layer_.node->children) {
    if (node.key == "runtime")
      read_runtime(node);
    else if (node.key == "database")
      read_databases(node);
    else if (node.key == "child")
      read_children(node, "");
    else if (node.key != own && !(layer_.number == 0 && node.key == "profiles"))
      refuse_unknown(
          node, layer_.prefix + node.key,
          layer_.number == 0
              ? std::vector<std::string>{"profile", "profiles", "runtime", "database", "child"}
              : std::vector<std::string>{"base", "runtime", "database", "child"},
          runtime_groups());
  }
}

void layer_reader::read_runtime(const document_node& node) {
  const std::string path = layer_.prefix + "runtime";
  if (!expect_section(node, path))
    return;
  for (const document_node& child : node.children) {
    const std::string child_path = path + "." + child.key;
    if (const option* const entry = find_option(runtime_groups(), child.key))
      take_option(child, *entry, child.key, child_path, draft_.runtime);
    else if (const option_group* const group = find_group(runtime_groups(), child.key))
      read_group(child, runtime_groups(), *group, child_path, draft_.runtime);
    else
      refuse_unknown(child, child_path, runtime_keys(), runtime_groups());
  }
}

void layer_reader::read_databases(const document_node& node) {
  if (!expect_section(node, layer_.prefix + "database"))
    return;
  for (const document_node& child : node.children)
    read_database(child);
}

void layer_reader::read_database(const document_node& node) {
  const std::string path = layer_.prefix + "database." + node.key;
  if (!expect_section(node, path))
    return;
  if (!declared_.databases.contains(node.key)) {
    const std::vector<std::string> known{declared_.databases.begin(), declared_.databases.end()};
    problems_.add(place_of(node, path), "no section outside this profile is called [database." +
                                            node.key + "], and it gives no connection of its own" +
                                            suggestion(node.key, known));
    return;
  }
  const auto [entry, is_new] = draft_.databases.try_emplace(node.key);
  section_draft& into = entry->second;
  if (is_new) {
    into.where = place_of(node, path);
    into.layer = layer_.number;
  }
  for (const document_node& child : node.children)
    read_database_key(child, path + "." + child.key, into);
}

void layer_reader::read_database_key(const document_node& node, const std::string& path,
                                     section_draft& into) {
  if (const option_group* const group = find_group(database_groups(), node.key))
    return read_group(node, database_groups(), *group, path, into);
  assignment value{place_of(node, path), node.value, layer_.number};
  if (node.key == "url") {
    const std::string* const text = std::get_if<std::string>(&node.value);
    value.where.value = text ? redacted_url(*text) : as_written(node.value);
    take(node.key, std::move(value), into, read_url);
  } else if (node.key == "schema") {
    take(node.key, std::move(value), into, read_schema);
  } else if (const libpq_parameter* const parameter = find_libpq_parameter(node.key)) {
    if (is_secret(*parameter))
      value.where.value = "***";
    if (node.is_section())
      return problems_.add(value.where, "expects " + expectation(*parameter) + ", got a section");
    take(node.key, std::move(value), into,
         [&](const assignment& written, const environment& env, problem_list& problems) {
           return read_parameter(*parameter, written, env, problems);
         });
  } else {
    refuse_unknown(node, path, database_keys(), database_groups());
  }
}

void layer_reader::read_group(const document_node& node, group_list groups,
                              const option_group& group, const std::string& path,
                              section_draft& into) {
  if (!expect_section(node, path))
    return;
  for (const document_node& child : node.children) {
    const std::string key = node.key + "." + child.key;
    if (const option* const entry = find_option(groups, key))
      take_option(child, *entry, key, path + "." + child.key, into);
    else
      refuse_unknown(child, path + "." + child.key, keys_of(group), groups);
  }
}

void layer_reader::take_option(const document_node& node, const option& entry,
                               const std::string& key, const std::string& path,
                               section_draft& into) {
  assignment value{place_of(node, path), node.value, layer_.number};
  if (entry.measured_in == unit::secret)
    value.where.value = "***";
  take(key, std::move(value), into,
       [&](const assignment& written, const environment& env, problem_list& problems) {
         return read_option(entry, written, env, problems);
       });
}

/// A value that depends on the environment is judged when the draft is put
/// together, and only if no later layer replaces it; any other one right here.
template <class Read>
void layer_reader::take(const std::string& key, assignment value, section_draft& into,
                        Read read_as) {
  const environment nothing = [](const std::string&) { return std::optional<std::string>{}; };
  if (is_deferred(value) || read_as(value, nothing, problems_)) {
    into.faulty.erase(key);
    into.values.insert_or_assign(key, std::move(value));
  } else {
    into.faulty.insert(key);
  }
}

bool layer_reader::expect_section(const document_node& node, const std::string& path) {
  if (node.is_section())
    return true;
  place where = place_of(node, path);
  where.value = shown_value(node.value);
  const std::string kind =
      std::holds_alternative<std::string>(node.value) ? "a string" : describe(node.value);
  problems_.add(where, "expects a section [" + path + "], got " + kind);
  return false;
}

void layer_reader::refuse_unknown(const document_node& node, const std::string& path,
                                  const std::vector<std::string>& siblings, group_list groups) {
  place where = place_of(node, path);
  where.value = shown_value(node.value);
  std::string hint = elsewhere(node.key, groups);
  if (hint.empty())
    hint = suggestion(node.key, siblings);
  problems_.add(where, (node.is_section() ? "unknown section" : "unknown key") + hint);
}

place layer_reader::place_of(const document_node& node, const std::string& path) const {
  return {layer_.source, node.line, node.column, path, as_written(node.value)};
}

} // namespace freehold::configuration
