// A value of a configuration file, free of the library that parsed it.
#pragma once

#include <cstdint>
#include <string>
#include <variant>
#include <vector>

namespace freehold::configuration {

/// Something TOML can say that no option takes: "an array", "a date".
struct unsupported {
  std::string kind;
};

/// A table.
struct section {};

/// An array of strings only.
using list = std::vector<std::string>;

using scalar = std::variant<section, unsupported, std::string, std::int64_t, double, bool, list>;

/// "the string \"ten\"", "the integer 5", "an array"
std::string describe(const scalar& value);
/// The value alone, as it stands in the file.
std::string as_written(const scalar& value);

} // namespace freehold::configuration
