// What reading rows rests on: where the cells lie, and which columns make a struct,
// the types of whose fields the compiler finds. Included by <freehold/result_set.hpp>.
#pragma once

#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <string_view>
#include <tuple>
#include <type_traits>
#include <utility>

#include <freehold/value_codec.hpp>

namespace freehold {

/// Where a result comes from.
enum class result_origin : std::uint8_t {
  fresh,          ///< the server that was asked
  stale,          ///< the latest good answer to the same request; see `result_set::age`
  other_database, ///< another database
  substitute,     ///< a value, or a function, that the request brought along
};

/// "fresh", "stale", "other_database", "substitute".
[[nodiscard]] std::string_view to_string(result_origin value) noexcept;

/// Where the cells of a result lie: implemented by the session for the
/// server's answers and by `make_result_set` for tests. Immutable, so that any
/// thread may read it. Rows and columns count from 0.
class result_storage {
public:
  result_storage(const result_storage&) = delete;
  result_storage& operator=(const result_storage&) = delete;
  virtual ~result_storage();

  [[nodiscard]] std::size_t rows() const noexcept { return rows_; }
  [[nodiscard]] std::size_t columns() const noexcept { return columns_; }
  /// Rows inserted, updated, deleted, … by the statement; 0 for a query.
  [[nodiscard]] std::size_t affected() const noexcept { return affected_; }

  /// `row` and `column` must be in range: whoever calls has checked.
  [[nodiscard]] virtual cell_view cell(std::size_t row, std::size_t column) const noexcept = 0;
  [[nodiscard]] virtual std::string_view column_name(std::size_t column) const noexcept = 0;
  /// The type's oid in the server's catalogue `pg_type`.
  [[nodiscard]] virtual std::uint32_t column_type(std::size_t column) const noexcept = 0;
  /// Memory taken, as far as it is known without counting cells.
  [[nodiscard]] virtual std::size_t bytes() const noexcept { return sizeof *this; }
  [[nodiscard]] virtual result_origin origin() const noexcept { return result_origin::fresh; }
  [[nodiscard]] virtual std::chrono::milliseconds age() const noexcept { return {}; }

protected:
  result_storage(std::size_t rows, std::size_t columns, std::size_t affected) noexcept
      : rows_{rows}, columns_{columns}, affected_{affected} {}

private:
  std::size_t rows_;
  std::size_t columns_;
  std::size_t affected_;
};

namespace detail {

/// Stands for any field while fields are counted; never made.
struct any_field {
  template <readable T>
  operator T() const;
};

template <class T, class... Fields>
consteval std::size_t count_fields() {
  if constexpr (requires { T{Fields{}..., any_field{}}; }) {
    return count_fields<T, Fields..., any_field>();
  } else {
    return sizeof...(Fields);
  }
}

template <class... Fields>
constexpr std::type_identity<std::tuple<std::remove_cv_t<Fields>...>> types_of(Fields&...) {
  return {};
}

/// The types of the fields of T. The language cannot yet bind a pack (P1061),
/// hence a case for each count. Never run, only its return type is used; but without
/// optimisation it is compiled, and what it calls is linked.
template <class T>
auto field_types(T& x) {
  constexpr std::size_t count = count_fields<T>();
  static_assert(count >= 1 && count <= 16,
                "a struct of 1 to 16 readable fields, or a specialisation of fields_of");
  if constexpr (count == 1) {
    auto& [a] = x;
    return types_of(a);
  } else if constexpr (count == 2) {
    auto& [a, b] = x;
    return types_of(a, b);
  } else if constexpr (count == 3) {
    auto& [a, b, c] = x;
    return types_of(a, b, c);
  } else if constexpr (count == 4) {
    auto& [a, b, c, d] = x;
    return types_of(a, b, c, d);
  } else if constexpr (count == 5) {
    auto& [a, b, c, d, e] = x;
    return types_of(a, b, c, d, e);
  } else if constexpr (count == 6) {
    auto& [a, b, c, d, e, f] = x;
    return types_of(a, b, c, d, e, f);
  } else if constexpr (count == 7) {
    auto& [a, b, c, d, e, f, g] = x;
    return types_of(a, b, c, d, e, f, g);
  } else if constexpr (count == 8) {
    auto& [a, b, c, d, e, f, g, h] = x;
    return types_of(a, b, c, d, e, f, g, h);
  } else if constexpr (count == 9) {
    auto& [a, b, c, d, e, f, g, h, i] = x;
    return types_of(a, b, c, d, e, f, g, h, i);
  } else if constexpr (count == 10) {
    auto& [a, b, c, d, e, f, g, h, i, j] = x;
    return types_of(a, b, c, d, e, f, g, h, i, j);
  } else if constexpr (count == 11) {
    auto& [a, b, c, d, e, f, g, h, i, j, k] = x;
    return types_of(a, b, c, d, e, f, g, h, i, j, k);
  } else if constexpr (count == 12) {
    auto& [a, b, c, d, e, f, g, h, i, j, k, l] = x;
    return types_of(a, b, c, d, e, f, g, h, i, j, k, l);
  } else if constexpr (count == 13) {
    auto& [a, b, c, d, e, f, g, h, i, j, k, l, m] = x;
    return types_of(a, b, c, d, e, f, g, h, i, j, k, l, m);
  } else if constexpr (count == 14) {
    auto& [a, b, c, d, e, f, g, h, i, j, k, l, m, n] = x;
    return types_of(a, b, c, d, e, f, g, h, i, j, k, l, m, n);
  } else if constexpr (count == 15) {
    auto& [a, b, c, d, e, f, g, h, i, j, k, l, m, n, o] = x;
    return types_of(a, b, c, d, e, f, g, h, i, j, k, l, m, n, o);
  } else if constexpr (count == 16) {
    auto& [a, b, c, d, e, f, g, h, i, j, k, l, m, n, o, p] = x;
    return types_of(a, b, c, d, e, f, g, h, i, j, k, l, m, n, o, p);
  }
}

} // namespace detail

/// The columns that make a T, as a `std::tuple` of their types. Known for
/// tuples and for structs without constructors whose fields are all readable
/// (to sixteen):
/// ```
/// struct home { std::int64_t id; std::string title; std::optional<double> rent; };
/// for (const home& each : result.as<home>()) …
/// ```
/// A class with a constructor says so itself; it is made as `T{columns...}`:
/// ```
/// template <> struct freehold::fields_of<money> {
///   using type = std::tuple<std::int64_t, std::string>;
/// };
/// ```
template <class T>
struct fields_of {
  static_assert(std::is_aggregate_v<T>,
                "specialise freehold::fields_of<T>, or value_codec<T> when T is one column");
  using type = typename decltype(detail::field_types(std::declval<T&>()))::type;
};

template <class... Ts>
struct fields_of<std::tuple<Ts...>> {
  using type = std::tuple<Ts...>;
};

namespace detail {

template <class T>
consteval std::size_t width_of();

/// Where the columns of each field begin, and behind the last one how many there are.
template <class... Fields>
consteval auto columns_of(std::type_identity<std::tuple<Fields...>>) {
  std::array<std::size_t, sizeof...(Fields) + 1> begin{};
  std::size_t field = 0;
  ((begin[field + 1] = begin[field] + width_of<Fields>(), ++field), ...);
  return begin;
}

template <class T>
consteval std::size_t width_of() {
  if constexpr (readable<T>)
    return 1;
  else
    return columns_of(std::type_identity<typename fields_of<T>::type>{}).back();
}

} // namespace detail

/// How many columns make a T.
template <class T>
inline constexpr std::size_t field_count = detail::width_of<T>();

namespace detail {

template <class... Ts>
struct row_type_of {
  using type = std::tuple<Ts...>;
};

template <class T>
requires(!readable<T>) struct row_type_of<T> {
  using type = T;
};

} // namespace detail

/// What `as<Ts...>()` makes of a row: a tuple of columns and structs, or the one
/// struct that it names.
template <class... Ts>
using row_type = typename detail::row_type_of<Ts...>::type;

} // namespace freehold
