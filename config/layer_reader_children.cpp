// Reading [child.NAME] and what is nested in it.
#include "config/layer_reader.hpp"

#include "config/name.hpp"
#include "config/nearest.hpp"
#include "config/option_table.hpp"

#include <algorithm>

namespace freehold::configuration {
namespace {

bool says_what_it_is(const document_node& child) {
  return child.child("actor") != nullptr || child.child("child") != nullptr;
}

void declare(const layer& from, const document_node& parent, const std::string& prefix,
             std::set<std::string>& names) {
  const document_node* const children = parent.child("child");
  if (!children)
    return;
  for (const document_node& child : children->children) {
    const std::string path = prefix + "child." + child.key;
    if (from.number == 0 || says_what_it_is(child))
      names.insert(path);
    declare(from, child, path + ".", names);
  }
}

std::vector<std::string> child_keys() {
  std::vector<std::string> keys{"child"};
  for (const option& entry : find_group(child_groups(), "")->options)
    keys.emplace_back(entry.key);
  return keys;
}

} // namespace

std::set<std::string> declared_children(const std::vector<layer>& layers) {
  std::set<std::string> names;
  for (const layer& one : layers)
    declare(one, *one.node, "", names);
  return names;
}

void layer_reader::read_children(const document_node& node, const std::string& parent) {
  if (!expect_section(node, layer_.prefix + parent + "child"))
    return;
  for (const document_node& child : node.children)
    read_child(child, parent + "child." + child.key);
}

void layer_reader::read_child(const document_node& node, const std::string& path) {
  const std::string shown = layer_.prefix + path;
  if (!expect_section(node, shown))
    return;
  // Its name is part of the path under which everything of it is kept.
  if (!is_name(node.key))
    return problems_.add(place_of(node, shown), "expects " + name_expectation("a child"));
  if (!declared_.children.contains(path)) {
    const std::vector<std::string> known{declared_.children.begin(), declared_.children.end()};
    return problems_.add(place_of(node, shown),
                         "no section outside this profile is called [" + path +
                             "], and it gives no actor and no children of its own" +
                             suggestion(path, known));
  }
  const auto [entry, is_new] = draft_.children.try_emplace(path);
  section_draft& into = entry->second;
  if (is_new) {
    into.where = place_of(node, shown);
    into.layer = layer_.number;
  }
  for (const document_node& inner : node.children) {
    const std::string inner_path = shown + "." + inner.key;
    if (inner.key == "child")
      read_children(inner, path + ".");
    else if (const option* const known = find_option(child_groups(), inner.key))
      take_option(inner, *known, inner.key, inner_path, into);
    else
      refuse_unknown(inner, inner_path, child_keys(), child_groups());
  }
}

} // namespace freehold::configuration
