// How a C++ type travels: the customisation point, the parameters of a request
// on their way to the server, and the cell of a result on its way back.
#pragma once

#include <concepts>
#include <cstddef>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

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
/// costs two allocations at most for the usual few short values.
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
    bound.fields_.reserve(sizeof...(Ts));
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

  [[nodiscard]] std::size_t size() const noexcept { return fields_.size(); }
  [[nodiscard]] bool empty() const noexcept { return fields_.empty(); }

  /// The value of $(i + 1), ended by a NUL; `nullptr` for NULL. Valid until
  /// the parameters are changed, moved or destroyed.
  [[nodiscard]] const char* data(std::size_t i) const noexcept {
    return is_null(i) ? nullptr : buffer_.data() + fields_[i].offset;
  }
  /// In bytes, without the NUL at the end; 0 for NULL.
  [[nodiscard]] int length(std::size_t i) const noexcept {
    return is_null(i) ? 0 : fields_[i].length;
  }
  [[nodiscard]] bool is_null(std::size_t i) const noexcept { return fields_[i].length < 0; }
  [[nodiscard]] bool is_binary(std::size_t i) const noexcept { return fields_[i].binary; }

  /// The first value that cannot be sent, and why: "parameter $2: text
  /// contains a NUL byte at offset 3". Never contains the value.
  [[nodiscard]] const std::optional<std::string>& problem() const noexcept { return problem_; }

private:
  struct field {
    std::size_t offset;
    int length; // negative: NULL
    bool binary;
  };

  void append(std::string_view bytes, bool binary);
  [[nodiscard]] std::string_view bytes(std::size_t i) const noexcept;
  void write_element(std::string& literal, std::size_t i) const;

  std::string buffer_;
  std::vector<field> fields_;
  std::optional<std::string> problem_;
};

} // namespace freehold
