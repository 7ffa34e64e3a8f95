// From what was written to a value an option accepts.
#pragma once

#include "config/option.hpp"
#include "config/scalar.hpp"

#include <optional>
#include <string>
#include <string_view>

namespace freehold::configuration {

/// A value, or why there is none.
struct conversion {
  std::optional<option_value> value;
  std::string problem;
};

/// Converts and checks the range. `from_environment` says that a text stands
/// for what `${NAME}` gave: then it may be a number in text form.
conversion convert(const option& entry, const scalar& written, bool from_environment);

/// What is wrong with a value of the right type, or nothing.
std::optional<std::string> judge(const option& entry, const option_value& value);

/// A default or a bound from the table. Throws std::logic_error if the table
/// cannot be read.
option_value from_table(const option& entry, std::string_view text);
option_value default_value(const option& entry, base_profile profile);

/// "an integer from 1 to 1000"
std::string expectation(const option& entry);
/// As it would be written in a file.
std::string format_value(const option& entry, const option_value& value);

} // namespace freehold::configuration
