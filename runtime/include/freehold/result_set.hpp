// What a statement returned: rows, read as C++ types. Which types there are is
// said in <freehold/value.hpp>.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <iterator>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <tuple>
#include <type_traits>
#include <utility>
#include <vector>

#include <freehold/error.hpp>
#include <freehold/row_fields.hpp>
#include <freehold/value.hpp>

namespace freehold {

namespace detail {

[[noreturn]] void refuse_null(const result_storage& from, std::size_t row, std::size_t column,
                              std::string_view type_name);
[[noreturn]] void refuse_cell(const result_storage& from, std::size_t row, std::size_t column,
                              const failure& reason);
[[noreturn]] void refuse_row_index(std::size_t rows, std::size_t row);
[[noreturn]] void refuse_column_index(const result_storage* from, std::size_t column);
void check_column_count(const result_storage* from, std::size_t asked);
[[nodiscard]] std::size_t find_column(const result_storage* from, std::string_view name);

/// Reads one cell whose indices have been checked.
template <class T>
T read_cell(const result_storage& from, std::size_t row, std::size_t column) {
  static_assert(readable<T>, "specialise freehold::value_codec<T> to read a column as T");
  const cell_view cell = from.cell(row, column);
  if constexpr (!accepts_null<T>) {
    if (cell.is_null()) [[unlikely]]
      refuse_null(from, row, column, value_codec<T>::name);
  }
  try {
    return value_codec<T>::decode(cell);
  } catch (const failure& reason) {
    refuse_cell(from, row, column, reason);
  }
}

/// Reads as many columns from `first` on as make a T; that they are there has been checked.
template <class T>
T read_value(const result_storage& from, std::size_t row, std::size_t first);

template <class T, class... Fields, std::size_t... Index>
T read_fields(const result_storage& from, std::size_t row, std::size_t first,
              std::type_identity<std::tuple<Fields...>> fields, std::index_sequence<Index...>) {
  constexpr auto begin = columns_of(decltype(fields){});
  return T{read_value<Fields>(from, row, first + begin[Index])...};
}

template <class T>
T read_value(const result_storage& from, std::size_t row, std::size_t first) {
  if constexpr (readable<T>) {
    return read_cell<T>(from, row, first);
  } else {
    using fields = typename fields_of<T>::type;
    return read_fields<T>(from, row, first, std::type_identity<fields>{},
                          std::make_index_sequence<std::tuple_size_v<fields>>{});
  }
}

} // namespace detail

/// One row. Shares the result, so it may outlive the `result_set`.
class row {
public:
  /// Throws `errc::no_such_column` for a column that is not there and
  /// `errc::bad_conversion` for a cell that is not a T.
  template <class T>
  [[nodiscard]] T at(std::size_t column) const {
    return detail::read_cell<T>(*storage_, index_, checked(column));
  }
  /// By name: looks through the columns at each call.
  template <class T>
  [[nodiscard]] T at(std::string_view column) const {
    return detail::read_cell<T>(*storage_, index_, detail::find_column(storage_.get(), column));
  }
  /// All columns, in order.
  template <class... Ts>
  [[nodiscard]] std::tuple<Ts...> as() const {
    detail::check_column_count(storage_.get(), sizeof...(Ts));
    return detail::read_value<std::tuple<Ts...>>(*storage_, index_, 0);
  }

  /// The cell's text, not copied: valid as long as this row, or another one
  /// of the result, or the result_set lives. Throws when the cell is NULL.
  [[nodiscard]] std::string_view text(std::size_t column) const;

  [[nodiscard]] bool is_null(std::size_t column) const {
    return storage_->cell(index_, checked(column)).is_null();
  }
  [[nodiscard]] std::size_t columns() const noexcept { return storage_->columns(); }
  [[nodiscard]] std::string_view column_name(std::size_t column) const {
    return storage_->column_name(checked(column));
  }
  /// Where in the result it is, from 0.
  [[nodiscard]] std::size_t index() const noexcept { return index_; }

private:
  friend class result_set;
  friend class row_iterator;
  row(std::shared_ptr<const result_storage> storage, std::size_t index) noexcept
      : storage_{std::move(storage)}, index_{index} {}

  [[nodiscard]] std::size_t checked(std::size_t column) const {
    if (column >= storage_->columns()) [[unlikely]] {
      detail::refuse_column_index(storage_.get(), column);
    }
    return column;
  }

  std::shared_ptr<const result_storage> storage_;
  std::size_t index_;
};

/// Over the rows of a result. The row lies in the iterator and changes with
/// it: keep a copy of the row, not a reference.
class row_iterator {
public:
  using iterator_category = std::input_iterator_tag;
  using value_type = row;
  using difference_type = std::ptrdiff_t;
  using pointer = const row*;
  using reference = const row&;

  reference operator*() const noexcept { return at_; }
  pointer operator->() const noexcept { return &at_; }
  row_iterator& operator++() noexcept {
    ++at_.index_;
    return *this;
  }
  row_iterator operator++(int) noexcept {
    row_iterator before = *this;
    ++*this;
    return before;
  }
  friend bool operator==(const row_iterator& a, const row_iterator& b) noexcept {
    return a.at_.index() == b.at_.index();
  }

private:
  friend class result_set;
  explicit row_iterator(row at) noexcept : at_{std::move(at)} {}
  row at_;
};

/// The rows of a result, each read as a T when it is come to. Shares the
/// result, so that it may be made from a temporary `result_set`:
/// `for (auto [id, title] : db.execute(…).get().as<int, std::string>())`.
/// Its iterators are valid as long as it lives.
template <class T>
class typed_rows {
public:
  class iterator {
  public:
    using iterator_concept = std::forward_iterator_tag;
    using iterator_category = std::input_iterator_tag; // for it returns values
    using value_type = T;
    using difference_type = std::ptrdiff_t;
    using pointer = void;
    using reference = T;

    iterator() = default;
    T operator*() const { return detail::read_value<T>(*storage_, index_, 0); }
    iterator& operator++() noexcept {
      ++index_;
      return *this;
    }
    iterator operator++(int) noexcept { return {storage_, index_++}; }
    friend bool operator==(const iterator&, const iterator&) = default;

  private:
    friend class typed_rows;
    iterator(const result_storage* storage, std::size_t index) noexcept
        : storage_{storage}, index_{index} {}
    const result_storage* storage_ = nullptr;
    std::size_t index_ = 0;
  };

  [[nodiscard]] iterator begin() const noexcept { return {storage_.get(), 0}; }
  [[nodiscard]] iterator end() const noexcept { return {storage_.get(), size()}; }
  [[nodiscard]] std::size_t size() const noexcept { return storage_ ? storage_->rows() : 0; }
  [[nodiscard]] bool empty() const noexcept { return size() == 0; }
  /// All rows at once.
  [[nodiscard]] std::vector<T> to_vector() const {
    std::vector<T> all;
    all.reserve(size());
    for (auto&& each : *this)
      all.push_back(std::forward<decltype(each)>(each));
    return all;
  }

private:
  friend class result_set;
  explicit typed_rows(std::shared_ptr<const result_storage> storage) noexcept
      : storage_{std::move(storage)} {}
  std::shared_ptr<const result_storage> storage_;
};

/// The result of one statement: a cheap value that shares the immutable rows
/// with its copies. Default constructed it is empty. Any thread may read it.
class result_set {
public:
  using value_type = row;
  result_set() = default;
  explicit result_set(std::shared_ptr<const result_storage> storage) noexcept
      : storage_{std::move(storage)} {}

  /// Rows.
  [[nodiscard]] std::size_t size() const noexcept { return storage_ ? storage_->rows() : 0; }
  [[nodiscard]] bool empty() const noexcept { return size() == 0; }
  [[nodiscard]] std::size_t columns() const noexcept { return storage_ ? storage_->columns() : 0; }
  /// Rows inserted, updated, deleted, … by the statement; 0 for a query.
  [[nodiscard]] std::size_t affected_rows() const noexcept {
    return storage_ ? storage_->affected() : 0;
  }

  /// Whether the server answered just now, or a fallback stood in.
  [[nodiscard]] result_origin origin() const noexcept {
    return storage_ ? storage_->origin() : result_origin::fresh;
  }
  /// Of a stale one, when it was given out: how long ago the server said it; else 0.
  [[nodiscard]] std::chrono::milliseconds age() const noexcept {
    return storage_ ? storage_->age() : std::chrono::milliseconds{0};
  }
  /// The same rows, known to be from elsewhere. Shares them.
  [[nodiscard]] result_set marked(result_origin origin, std::chrono::milliseconds age = {}) const;
  /// Memory that the rows take, in bytes.
  [[nodiscard]] std::size_t bytes() const noexcept { return storage_ ? storage_->bytes() : 0; }

  /// Valid as long as the result. Throws `errc::no_such_column`.
  [[nodiscard]] std::string_view column_name(std::size_t column) const;
  /// The index of the first column of that name. Throws `errc::no_such_column`
  /// with the names that there are.
  [[nodiscard]] std::size_t column(std::string_view name) const {
    return detail::find_column(storage_.get(), name);
  }

  /// Throws `errc::bad_conversion` when there is no such row.
  [[nodiscard]] row operator[](std::size_t index) const {
    if (index >= size()) [[unlikely]]
      detail::refuse_row_index(size(), index);
    return row{storage_, index};
  }
  [[nodiscard]] row_iterator begin() const noexcept { return row_iterator{row{storage_, 0}}; }
  [[nodiscard]] row_iterator end() const noexcept { return row_iterator{row{storage_, size()}}; }

  /// All rows as `std::tuple<Ts...>`, or as a struct: `as<home>()`, see
  /// `fields_of`; of a join also as both: `as<home, std::int64_t>()`, where a struct
  /// takes as many columns as it has fields. Columns are taken in order. Throws
  /// `errc::bad_conversion` when their number is not that of the fields; reading throws what
  /// `row::at` throws.
  template <class... Ts>
  [[nodiscard]] auto as() const {
    detail::check_column_count(storage_.get(), field_count<row_type<Ts...>>);
    return typed_rows<row_type<Ts...>>{storage_};
  }

  /// The first row, as `as` would read it; nothing when there is none.
  template <class... Ts>
  [[nodiscard]] std::optional<row_type<Ts...>> first() const {
    detail::check_column_count(storage_.get(), field_count<row_type<Ts...>>);
    if (empty())
      return std::nullopt;
    return std::optional<row_type<Ts...>>{std::in_place,
                                          detail::read_value<row_type<Ts...>>(*storage_, 0, 0)};
  }

  /// The first column of the first row: `scalar<std::int64_t>()` of a count.
  /// Throws `errc::bad_conversion` when there is no row.
  template <class T>
  [[nodiscard]] T scalar() const {
    return (*this)[0].template at<T>(0);
  }

private:
  std::shared_ptr<const result_storage> storage_;
};

/// A result held in memory, all columns of type text, for tests of code that
/// reads results. A row of another length than `columns` is `std::invalid_argument`.
[[nodiscard]] result_set make_result_set(std::vector<std::string> columns,
                                         std::vector<std::vector<std::optional<std::string>>> rows,
                                         std::size_t affected = 0);

} // namespace freehold
