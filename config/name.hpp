// How databases and profiles may be called.
#pragma once

#include <string>
#include <string_view>

namespace freehold::configuration {

/// A lower-case letter, then letters, digits, "_" and "-".
bool is_name(std::string_view text);
/// "a name for a database that …", to follow "expects".
std::string name_expectation(std::string_view what);

} // namespace freehold::configuration
