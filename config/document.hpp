// A parsed TOML file as a plain tree with positions.
#pragma once

#include "config/problem.hpp"
#include "config/scalar.hpp"

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace freehold::configuration {

/// A key and what stands behind it. Line and column are the key's.
struct document_node {
  std::string key;
  std::size_t line = 0;
  std::size_t column = 0;
  scalar value = section{};
  std::vector<document_node> children; ///< of a section, in the order of the file

  [[nodiscard]] bool is_section() const { return std::holds_alternative<section>(value); }
  [[nodiscard]] const document_node* child(std::string_view name) const;
};

/// The root of the tree; nothing, and a problem, if the text is not TOML.
std::optional<document_node> parse_document(std::string_view toml, const std::string& source,
                                            problem_list& problems);

} // namespace freehold::configuration
