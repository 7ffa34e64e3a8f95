// Which columns make a struct: the types of its fields, found by the compiler.
// Included by <freehold/result_set.hpp>.
#pragma once

#include <cstddef>
#include <tuple>
#include <type_traits>
#include <utility>

#include <freehold/value_codec.hpp>

namespace freehold {
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
std::type_identity<std::tuple<std::remove_cv_t<Fields>...>> types_of(Fields&...);

/// The types of the fields of T. The language cannot yet bind a pack (P1061),
/// hence a case for each count. Never run: only its return type is used.
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

/// How many columns make a T.
template <class T>
inline constexpr std::size_t field_count = std::tuple_size_v<typename fields_of<T>::type>;

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

/// What `as<Ts...>()` makes of a row: a tuple of columns, or the one struct
/// that it names.
template <class... Ts>
using row_type = typename detail::row_type_of<Ts...>::type;

} // namespace freehold
