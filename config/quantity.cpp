#include "config/quantity.hpp"

#include <array>
#include <charconv>
#include <cmath>
#include <fmt/format.h>

namespace freehold::configuration {
namespace {

struct unit_name {
  std::string_view name;
  std::uint64_t factor;
};

constexpr std::array<unit_name, 5> duration_units{
    {{"d", 86'400'000}, {"h", 3'600'000}, {"min", 60'000}, {"s", 1'000}, {"ms", 1}}};
constexpr std::array<unit_name, 4> size_units{
    {{"GiB", 1ULL << 30}, {"MiB", 1ULL << 20}, {"KiB", 1ULL << 10}, {"B", 1}}};

/// Above this a double no longer holds every whole number.
constexpr double largest_exact = 9'007'199'254'740'992.0;

struct measured {
  double number;
  std::string_view unit;
};

std::string_view trimmed(std::string_view text) {
  while (!text.empty() && text.front() == ' ')
    text.remove_prefix(1);
  while (!text.empty() && text.back() == ' ')
    text.remove_suffix(1);
  return text;
}

/// A plain decimal (no sign, no exponent) and what follows it.
std::optional<measured> split(std::string_view text) {
  text = trimmed(text);
  double number = 0;
  const auto [end, fault] =
      std::from_chars(text.data(), text.data() + text.size(), number, std::chars_format::fixed);
  if (fault != std::errc{} || !std::isfinite(number) || text.front() == '-')
    return std::nullopt;
  return measured{number, trimmed(text.substr(static_cast<std::size_t>(end - text.data())))};
}

template <std::size_t Count>
std::optional<std::uint64_t> whole_units(const measured& value,
                                         const std::array<unit_name, Count>& units) {
  for (const unit_name& unit : units) {
    if (unit.name != value.unit)
      continue;
    const double scaled = value.number * static_cast<double>(unit.factor);
    if (scaled > largest_exact || std::nearbyint(scaled) != scaled)
      return std::nullopt;
    return static_cast<std::uint64_t>(scaled);
  }
  return std::nullopt;
}

template <std::size_t Count>
std::string in_largest_unit(std::uint64_t value, const std::array<unit_name, Count>& units) {
  if (value == 0)
    return "0";
  for (const unit_name& unit : units)
    if (value % unit.factor == 0)
      return fmt::format("{} {}", value / unit.factor, unit.name);
  return fmt::format("{}", value);
}

} // namespace

std::optional<std::chrono::milliseconds> parse_duration(std::string_view text) {
  const std::optional<measured> value = split(text);
  if (!value)
    return std::nullopt;
  if (value->unit.empty() && value->number == 0)
    return std::chrono::milliseconds{0};
  const std::optional<std::uint64_t> whole = whole_units(*value, duration_units);
  if (!whole)
    return std::nullopt;
  return std::chrono::milliseconds{static_cast<std::int64_t>(*whole)};
}

std::optional<std::size_t> parse_size(std::string_view text) {
  std::optional<measured> value = split(text);
  if (!value)
    return std::nullopt;
  if (value->unit.empty())
    value->unit = "B";
  const std::optional<std::uint64_t> whole = whole_units(*value, size_units);
  return whole ? std::optional<std::size_t>{*whole} : std::nullopt;
}

std::optional<double> parse_fraction(std::string_view text) {
  const std::optional<measured> value = split(text);
  if (!value)
    return std::nullopt;
  if (value->unit == "%")
    return value->number / 100;
  return value->unit.empty() ? std::optional<double>{value->number} : std::nullopt;
}

std::optional<std::size_t> parse_count(std::string_view text) {
  std::size_t number = 0;
  const char* const last = text.data() + text.size();
  const auto [end, fault] = std::from_chars(text.data(), last, number);
  if (fault != std::errc{} || end != last)
    return std::nullopt;
  return number;
}

bool is_bare_number(std::string_view text) {
  const std::optional<measured> value = split(text);
  return value && value->unit.empty() && value->number != 0;
}

std::string format_duration(std::chrono::milliseconds value) {
  if (value.count() < 0)
    return fmt::format("-{}", format_duration(-value));
  return in_largest_unit(static_cast<std::uint64_t>(value.count()), duration_units);
}

std::string format_size(std::size_t bytes) {
  return in_largest_unit(bytes, size_units);
}

std::string format_fraction(double value) {
  return fmt::format("{:.6g} %", value * 100);
}

} // namespace freehold::configuration
