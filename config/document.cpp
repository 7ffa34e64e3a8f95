// The only file that includes the TOML library.
#include "config/document.hpp"

#include <algorithm>
#include <toml++/toml.h>
#include <tuple>

namespace freehold::configuration {
namespace {

scalar array_of(const toml::array& array) {
  if (!array.is_homogeneous(toml::node_type::string) && !array.empty())
    return unsupported{array.is_array_of_tables() ? "an array of tables" : "an array"};
  list texts;
  for (const toml::node& each : array)
    texts.push_back(each.as_string()->get());
  return texts;
}

scalar scalar_of(const toml::node& node) {
  switch (node.type()) {
  case toml::node_type::table:
    return section{};
  case toml::node_type::string:
    return node.as_string()->get();
  case toml::node_type::integer:
    return node.as_integer()->get();
  case toml::node_type::floating_point:
    return node.as_floating_point()->get();
  case toml::node_type::boolean:
    return node.as_boolean()->get();
  case toml::node_type::array:
    return array_of(*node.as_array());
  default:
    return unsupported{"a date or time"};
  }
}

void sort_by_position(std::vector<document_node>& nodes) {
  std::sort(nodes.begin(), nodes.end(), [](const document_node& left, const document_node& right) {
    return std::tie(left.line, left.column) < std::tie(right.line, right.column);
  });
}

std::vector<document_node> children_of(const toml::table& table) {
  std::vector<document_node> children;
  for (auto&& [key, node] : table) {
    document_node child;
    child.key = std::string{key.str()};
    child.line = key.source().begin.line;
    child.column = key.source().begin.column;
    child.value = scalar_of(node);
    if (const toml::table* inner = node.as_table())
      child.children = children_of(*inner);
    children.push_back(std::move(child));
  }
  sort_by_position(children); // the library orders by name
  return children;
}

/// Without what the parser saw: that may be part of an unquoted password.
std::string harmless(std::string_view description) {
  for (const std::string_view mark : {", saw", "; saw", " saw ", " '\\"})
    description = description.substr(0, description.find(mark));
  constexpr std::string_view prefix = "Error ";
  if (description.starts_with(prefix))
    description.remove_prefix(prefix.size());
  return std::string{description};
}

} // namespace

const document_node* document_node::child(std::string_view name) const {
  for (const document_node& one : children)
    if (one.key == name)
      return &one;
  return nullptr;
}

std::optional<document_node> parse_document(std::string_view toml, const std::string& source,
                                            problem_list& problems) {
  try {
    document_node root;
    root.children = children_of(toml::parse(toml, source));
    return root;
  } catch (const toml::parse_error& fault) {
    const toml::source_position at = fault.source().begin;
    problems.add({source, at.line, at.column, "", ""},
                 "not valid TOML, " + harmless(fault.description()));
    return std::nullopt;
  }
}

} // namespace freehold::configuration
