// `${NAME}`, `${NAME:-default}` and `$$` in the strings of a file.
#pragma once

#include <freehold/config.hpp>

#include <string>
#include <string_view>
#include <vector>

namespace freehold::configuration {

struct substitution {
  std::string text;
  bool referred = false;             ///< whether a `${…}` stood in it
  std::vector<std::string> problems; ///< unset variables and malformed references
};

/// Replaces every reference. A `$` before anything but `{` or `$` stands for
/// itself. The default is taken where the variable is unset or empty.
substitution substitute(std::string_view text, const environment& env);

/// Whether the value depends on the environment.
bool has_reference(std::string_view text);

} // namespace freehold::configuration
