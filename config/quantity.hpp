// Durations, sizes, fractions and counts as an operator writes them.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace freehold::configuration {

/// "100 ms", "5s", "1.5 s", "1 min", "2 h", "7 d", or "0". Whole milliseconds.
std::optional<std::chrono::milliseconds> parse_duration(std::string_view text);
/// "64 MiB", "16 KiB", "256 B", "1 GiB", or a number of bytes.
std::optional<std::size_t> parse_size(std::string_view text);
/// "0.5" or "50 %".
std::optional<double> parse_fraction(std::string_view text);
/// Digits only.
std::optional<std::size_t> parse_count(std::string_view text);

/// A number other than 0 without a unit, which a duration must not be.
bool is_bare_number(std::string_view text);

/// The shortest exact form: "30 s", "10 min", "1500 ms", "0".
std::string format_duration(std::chrono::milliseconds value);
std::string format_size(std::size_t bytes);
std::string format_fraction(double value);

} // namespace freehold::configuration
