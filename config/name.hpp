// How databases, profiles and settings of the server may be called.
#pragma once

#include <string>
#include <string_view>

namespace freehold::configuration {

/// A lower-case letter, then letters, digits, "_" and "-".
bool is_name(std::string_view text);
/// "a name for a database that …", to follow "expects".
std::string name_expectation(std::string_view what);

/// A setting's name, the server's or an application's own: [A-Za-z_][A-Za-z0-9_.]*, at most 128
/// characters.
bool is_setting_name(std::string_view text);

} // namespace freehold::configuration
