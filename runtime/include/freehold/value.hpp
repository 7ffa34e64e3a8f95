// Which C++ types travel to and from the server, and how.
//
//   bool                             boolean
//   16, 32 and 64 bit integers       smallint, integer, bigint (unsigned: to 32 bits)
//   float, double                    real, double precision, numeric; infinities and NaN too
//   std::string                      every type: its text
//   std::string_view, const char*    every type: its text; sent only
//   std::vector<std::byte>, spans    bytea; spans are sent only
//   sys_time<microseconds>           timestamptz
//   local_time<microseconds>         timestamp
//   year_month_day                   date
//   microseconds                     time (since midnight), interval of hours and less
//   uuid                             uuid
//   nlohmann::json                   json, jsonb
//   std::optional<T>                 a T or NULL
//   std::vector<T>                   a one-dimensional array of T; T may be an optional
//
// Values travel as text. A session must have client_encoding UTF8 and
// DateStyle ISO; both formats of bytea_output are read.
#pragma once

#include <array>
#include <charconv>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <optional>
#include <string>
#include <string_view>
#include <system_error>
#include <type_traits>
#include <utility>
#include <vector>

#include <freehold/error.hpp>
#include <freehold/value_codec.hpp>

namespace freehold {

/// Integers other than characters, up to what bigint holds.
template <class T>
concept sql_integer = std::same_as<T, short> || std::same_as<T, int> || std::same_as<T, long> ||
    std::same_as<T, long long> || std::same_as<T, unsigned short> || std::same_as<T, unsigned int>;

namespace detail {

/// "Outer<Inner>" at compile time.
template <const std::string_view& Outer, const std::string_view& Inner>
struct wrapped_name {
  static constexpr auto text = [] {
    std::array<char, Outer.size() + Inner.size() + 2> all{};
    std::size_t at = 0;
    for (char c : Outer)
      all[at++] = c;
    all[at++] = '<';
    for (char c : Inner)
      all[at++] = c;
    all[at] = '>';
    return all;
  }();
  static constexpr std::string_view value{text.data(), text.size()};
};

inline constexpr std::string_view optional_name = "std::optional";
inline constexpr std::string_view vector_name = "std::vector";

template <class T>
constexpr std::string_view integer_name() {
  if constexpr (sizeof(T) == 2)
    return std::is_signed_v<T> ? "std::int16_t" : "std::uint16_t";
  if constexpr (sizeof(T) == 4)
    return std::is_signed_v<T> ? "std::int32_t" : "std::uint32_t";
  return "std::int64_t";
}

[[noreturn]] void unreadable_number(std::string_view type_name, std::errc why);

/// Reads all of a cell as a number; inline, for it is the hottest conversion.
template <class T>
T decode_number(cell_view cell, std::string_view type_name) {
  T value{};
  const char* end = cell.data + cell.size;
  const auto [stop, why] = std::from_chars(cell.data, end, value);
  if (why != std::errc{} || stop != end) [[unlikely]]
    unreadable_number(type_name, why);
  return value;
}

template <class T>
inline constexpr bool is_array = false; // bytea is a scalar
template <class T>
inline constexpr bool is_array<std::vector<T>> = !std::same_as<T, std::byte>;

/// Walks the elements of a one-dimensional array literal.
class array_reader {
public:
  array_reader(std::string_view literal, std::string_view type_name);
  /// Whether there is another element; throws when the literal is malformed.
  [[nodiscard]] bool next();
  /// The element that `next` found.
  template <class T>
  [[nodiscard]] T read() const {
    if constexpr (!accepts_null<T>) {
      if (element_.is_null()) [[unlikely]]
        refuse("is NULL");
    }
    try {
      return value_codec<T>::decode(element_);
    } catch (const failure& reason) {
      refuse(reason.why().message);
    }
  }

private:
  [[noreturn]] void refuse(std::string_view why) const;
  [[noreturn]] void refuse_literal() const;
  void read_quoted();
  void read_plain();

  std::string_view rest_;
  std::string_view type_name_;
  std::size_t count_ = 0; // elements found so far
  cell_view element_;     // into the literal, or into unescaped_
  std::string unescaped_;
};

} // namespace detail

template <>
struct value_codec<bool> {
  static constexpr std::string_view name = "bool";
  static void encode(parameters& to, bool value) { to.add_text(value ? "true" : "false"); }
  static bool decode(cell_view cell) {
    if (cell.size == 1 && *cell.data == 't')
      return true;
    if (cell.size == 1 && *cell.data == 'f')
      return false;
    unreadable(name);
  }
};

/// A number out of range, or followed by anything, is unreadable.
template <sql_integer T>
struct value_codec<T> {
  static constexpr std::string_view name = detail::integer_name<T>();
  static void encode(parameters& to, T value) {
    std::array<char, 24> digits{};
    const auto end = std::to_chars(digits.data(), digits.data() + digits.size(), value).ptr;
    to.add_text({digits.data(), end});
  }
  static T decode(cell_view cell) { return detail::decode_number<T>(cell, name); }
};

/// Sent with the fewest digits that read back as the same number.
template <>
struct value_codec<float> {
  static constexpr std::string_view name = "float";
  static void encode(parameters& to, float value);
  static float decode(cell_view cell) { return detail::decode_number<float>(cell, name); }
};

template <>
struct value_codec<double> {
  static constexpr std::string_view name = "double";
  static void encode(parameters& to, double value);
  static double decode(cell_view cell) { return detail::decode_number<double>(cell, name); }
};

template <>
struct value_codec<std::string> {
  static constexpr std::string_view name = "std::string";
  static void encode(parameters& to, const std::string& value) { to.add_text(value); }
  static std::string decode(cell_view cell) { return std::string{cell.text()}; }
};

template <>
struct value_codec<std::string_view> {
  static constexpr std::string_view name = "std::string_view";
  static void encode(parameters& to, std::string_view value) { to.add_text(value); }
};

/// A null pointer is NULL.
template <>
struct value_codec<const char*> {
  static constexpr std::string_view name = "const char*";
  static void encode(parameters& to, const char* value) {
    value == nullptr ? to.add_null() : to.add_text(value);
  }
};

template <>
struct value_codec<char*> : value_codec<const char*> {};

/// The text up to the first NUL, as of any C string.
template <std::size_t N>
struct value_codec<char[N]> {
  static void encode(parameters& to, const char (&value)[N]) {
    const void* end = std::memchr(value, '\0', N);
    to.add_text({value, end == nullptr ? N : std::strlen(value)});
  }
};

template <>
struct value_codec<std::nullopt_t> {
  static void encode(parameters& to, std::nullopt_t) { to.add_null(); }
};

template <>
struct value_codec<std::nullptr_t> {
  static void encode(parameters& to, std::nullptr_t) { to.add_null(); }
};

/// NULL is the empty optional.
template <class T>
struct value_codec<std::optional<T>> {
  static constexpr std::string_view name =
      detail::wrapped_name<detail::optional_name, value_codec<T>::name>::value;
  static constexpr bool accepts_null = true;
  static void encode(parameters& to, const std::optional<T>& value) {
    value ? to.add(*value) : to.add_null();
  }
  static std::optional<T> decode(cell_view cell) requires readable<T> {
    if (cell.is_null())
      return std::nullopt;
    return std::optional<T>{std::in_place, value_codec<T>::decode(cell)};
  }
};

/// A one-dimensional array; lower bounds other than 1 are accepted and
/// forgotten. Arrays of arrays are refused both ways: nothing in C++ keeps the
/// inner ones to equal lengths, as the server demands.
template <class T>
struct value_codec<std::vector<T>> {
  static constexpr std::string_view name =
      detail::wrapped_name<detail::vector_name, value_codec<T>::name>::value;
  static void encode(parameters& to, const std::vector<T>& values) {
    static_assert(!detail::is_array<T>, "arrays of arrays cannot be sent");
    parameters elements;
    for (const T& value : values)
      elements.add(value);
    to.add_array(elements);
  }
  static std::vector<T> decode(cell_view cell) requires(readable<T> && !detail::is_array<T>) {
    std::vector<T> values;
    detail::array_reader reader{cell.text(), name};
    while (reader.next())
      values.push_back(reader.read<T>());
    return values;
  }
};

} // namespace freehold
