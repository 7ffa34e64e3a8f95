// How a C++ type travels: the customisation point, the parameters of a request
// on their way to the server, and the cell of a result on its way back; then the
// values that are neither numbers nor text: uuid, bytes, times and JSON.
#pragma once

#include <array>
#include <chrono>
#include <compare>
#include <concepts>
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

namespace freehold {

class parameters;

/// One value of a result in its text format; lives as long as the result.
struct cell_view {
  const char* data = nullptr; ///< `nullptr` for NULL
  std::size_t size = 0;       ///< in bytes
  [[nodiscard]] bool is_null() const noexcept { return data == nullptr; }
  [[nodiscard]] std::string_view text() const noexcept { return {data, size}; }
};

/// How a T travels. The types there are: <freehold/value.hpp>.
///
/// A type of your own becomes sendable and readable by a specialisation:
/// ```
/// template <> struct freehold::value_codec<status> {
///   static constexpr std::string_view name = "status"; // for error messages
///   static void encode(parameters& to, status value) { to.add(text_of(value)); }
///   static status decode(cell_view cell) {             // never NULL
///     if (auto known = status_of(cell.text())) return *known;
///     unreadable(name);
///   }
/// };
/// ```
template <class T>
struct value_codec;

/// A type that can be a parameter.
template <class T>
concept sendable = requires(parameters& to, const T& value) {
  value_codec<T>::encode(to, value);
};

/// A type that a column can be read as.
template <class T>
concept readable = requires(cell_view cell) {
  { value_codec<T>::decode(cell) } -> std::same_as<T>;
  {std::string_view{value_codec<T>::name}};
};

/// A type that has a value for NULL. Its codec says so with
/// `static constexpr bool accepts_null = true;`, and its `decode` must expect it.
template <class T>
concept accepts_null = requires {
  requires value_codec<T>::accepts_null;
};

/// What `value_codec<T>::decode` calls when it cannot read a cell: throws
/// `failure` with `errc::bad_conversion`. Whoever reads the row adds where the
/// cell is. `why` must not contain the value.
[[noreturn]] void unreadable(std::string_view type_name, std::string_view why = {});

/// The values of $1, $2, … of one request, ready to be sent. All of them lie
/// one behind the other in one buffer, each ended by a NUL, so that binding
/// costs no allocation for the usual few short values.
///
/// Nothing throws while values are added (but `std::bad_alloc`): the first
/// problem is kept, and the request is answered with `errc::bad_parameter`.
/// A plain value without a lock: one thread at a time.
class parameters {
public:
  /// The server takes no field that is larger (MaxAllocSize, 1 GB less one).
  static constexpr std::size_t largest_field = 0x3fff'ffff;

  parameters() = default;

  /// $1 is the first value, $2 the second, …: `parameters::of(42, "Lyon")`.
  template <class... Ts>
  [[nodiscard]] static parameters of(const Ts&... values) {
    parameters bound;
    if constexpr (sizeof...(Ts) > few)
      bound.more_.reserve(sizeof...(Ts) - few);
    (bound.add(values), ...);
    return bound;
  }

  /// Appends one value through `value_codec<T>`.
  template <class T>
  void add(const T& value) {
    static_assert(sendable<T>, "specialise freehold::value_codec<T> to send a T");
    value_codec<T>::encode(*this, value);
  }

  void add_null();

  /// Appends a value in its text format. Refused when it contains a NUL byte,
  /// is not valid UTF-8, or is larger than `largest_field`.
  void add_text(std::string_view text);

  /// Appends a value in the binary format of its type; for bytea that is the
  /// bytes themselves. Refused when larger than `largest_field`.
  void add_binary(std::span<const std::byte> bytes);

  /// Appends a one-dimensional array literal of `elements`: quoted where
  /// needed, binary elements as bytea in hexadecimal.
  void add_array(const parameters& elements);

  /// Appends NULL in place of a value that cannot be sent, and records why
  /// unless there is a problem already. `why` must not contain the value:
  /// it ends up in errors and logs.
  void refuse(std::string_view why);

  [[nodiscard]] std::size_t size() const noexcept { return count_; }
  [[nodiscard]] bool empty() const noexcept { return count_ == 0; }

  /// The value of $(i + 1), ended by a NUL; `nullptr` for NULL. Valid until
  /// the parameters are changed, moved or destroyed.
  [[nodiscard]] const char* data(std::size_t i) const noexcept {
    return is_null(i) ? nullptr : buffer_.data() + at(i).offset;
  }
  /// In bytes, without the NUL at the end; 0 for NULL.
  [[nodiscard]] int length(std::size_t i) const noexcept { return is_null(i) ? 0 : at(i).length; }
  [[nodiscard]] bool is_null(std::size_t i) const noexcept { return at(i).length < 0; }
  [[nodiscard]] bool is_binary(std::size_t i) const noexcept { return at(i).binary; }

  /// The first value that cannot be sent, and why: "parameter $2: text
  /// contains a NUL byte at offset 3". Never contains the value.
  [[nodiscard]] const std::optional<std::string>& problem() const noexcept { return problem_; }

private:
  struct field {
    std::size_t offset;
    int length; // negative: NULL
    bool binary;
  };

  static constexpr std::size_t few = 4;

  [[nodiscard]] const field& at(std::size_t i) const noexcept {
    return i < few ? first_[i] : more_[i - few];
  }
  void add_field(field value);
  void append(std::string_view bytes, bool binary);
  [[nodiscard]] std::string_view bytes(std::size_t i) const noexcept;
  void write_element(std::string& literal, std::size_t i) const;

  std::string buffer_;
  std::array<field, few> first_{};
  std::vector<field> more_; // than those
  std::size_t count_ = 0;
  std::optional<std::string> problem_;
};

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
