// Values that are neither numbers nor text: uuid, bytes, times and JSON.
// Included by <freehold/value.hpp>.
#pragma once

#include <array>
#include <chrono>
#include <compare>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <ratio>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include <nlohmann/json_fwd.hpp>

#include <freehold/value_codec.hpp>

namespace freehold {

/// The sixteen bytes of a uuid, in the order in which they are written.
struct uuid {
  std::array<std::byte, 16> bytes{};

  /// Reads 32 hexadecimal digits of either case, plain or hyphenated 8-4-4-4-12.
  [[nodiscard]] static std::optional<uuid> parse(std::string_view text) noexcept;
  /// Hyphenated, in lower case, as the server writes it.
  [[nodiscard]] std::string to_string() const;
  friend auto operator<=>(const uuid&, const uuid&) = default;
};

template <>
struct value_codec<uuid> {
  static constexpr std::string_view name = "freehold::uuid";
  static void encode(parameters& to, const uuid& value);
  static uuid decode(cell_view cell);
};

/// bytea: sent in binary, read from either format of `bytea_output`.
template <>
struct value_codec<std::vector<std::byte>> {
  static constexpr std::string_view name = "std::vector<std::byte>";
  static void encode(parameters& to, const std::vector<std::byte>& value) { to.add_binary(value); }
  static std::vector<std::byte> decode(cell_view cell);
};

template <>
struct value_codec<std::span<const std::byte>> {
  static void encode(parameters& to, std::span<const std::byte> value) { to.add_binary(value); }
};

template <>
struct value_codec<std::span<std::byte>> {
  static void encode(parameters& to, std::span<std::byte> value) { to.add_binary(value); }
};

/// timestamptz, whatever time zone the session has. The server's infinity and
/// -infinity are the largest and smallest time point, both ways, so that "never
/// expires" compares as it should. The years past 294246 do not fit.
template <>
struct value_codec<std::chrono::sys_time<std::chrono::microseconds>> {
  using time = std::chrono::sys_time<std::chrono::microseconds>;
  static constexpr std::string_view name = "std::chrono::sys_time<microseconds>";
  static void encode(parameters& to, time value);
  static time decode(cell_view cell);
};

/// Other time points of the system clock, such as its `now()`, are sent
/// rounded down to the microsecond; the server keeps no more. Days are not:
/// send a `year_month_day`, or say which time of the day is meant.
template <class Rep, class Period>
requires std::ratio_less_equal_v<Period, std::ratio<1>>
struct value_codec<std::chrono::sys_time<std::chrono::duration<Rep, Period>>> {
  using time = std::chrono::sys_time<std::chrono::duration<Rep, Period>>;
  static void encode(parameters& to, time value) {
    to.add(std::chrono::floor<std::chrono::microseconds>(value));
  }
};

/// timestamp (without time zone). Infinities as with timestamptz.
template <>
struct value_codec<std::chrono::local_time<std::chrono::microseconds>> {
  using time = std::chrono::local_time<std::chrono::microseconds>;
  static constexpr std::string_view name = "std::chrono::local_time<microseconds>";
  static void encode(parameters& to, time value);
  static time decode(cell_view cell);
};

/// date. Infinities and years past 32767 do not fit; a date that is not in the
/// calendar is refused when sent.
template <>
struct value_codec<std::chrono::year_month_day> {
  static constexpr std::string_view name = "std::chrono::year_month_day";
  static void encode(parameters& to, std::chrono::year_month_day value);
  static std::chrono::year_month_day decode(cell_view cell);
};

/// time: since midnight. interval: when it is hours and less, since the length
/// of a day or month depends on the calendar; others are unreadable.
template <>
struct value_codec<std::chrono::microseconds> {
  static constexpr std::string_view name = "std::chrono::microseconds";
  static void encode(parameters& to, std::chrono::microseconds value);
  static std::chrono::microseconds decode(cell_view cell);
};

/// json and jsonb. JSON's null is a value, NULL is an empty optional. Needs
/// <nlohmann/json.hpp> where it is used.
template <>
struct value_codec<nlohmann::json> {
  static constexpr std::string_view name = "nlohmann::json";
  static void encode(parameters& to, const nlohmann::json& value);
  static nlohmann::json decode(cell_view cell);
};

} // namespace freehold

/// So that a uuid can be a key of unordered containers.
template <>
struct std::hash<freehold::uuid> {
  [[nodiscard]] std::size_t operator()(const freehold::uuid& value) const noexcept {
    return std::hash<std::string_view>{}(
        {reinterpret_cast<const char*>(value.bytes.data()), value.bytes.size()});
  }
};
