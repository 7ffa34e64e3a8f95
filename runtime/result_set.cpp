#include <freehold/result_set.hpp>

#include "runtime/type_name.hpp"

namespace freehold {
namespace {

[[noreturn]] void refuse(errc code, std::string message) {
  error problem;
  problem.code = code;
  problem.message = std::move(message);
  throw failure{std::move(problem)};
}

std::size_t column_count(const result_storage* from) noexcept {
  return from == nullptr ? 0 : from->columns();
}

std::string column_names(const result_storage& from) {
  std::string names;
  for (std::size_t i = 0; i < from.columns(); ++i) {
    if (i > 0)
      names += ", ";
    names += from.column_name(i);
  }
  return names;
}

// "the result has 2 columns: id, title"; `then` goes before the names.
std::string describe_columns(const result_storage* from, const std::string& then = {}) {
  const std::size_t count = column_count(from);
  if (count == 0)
    return "the result has no columns" + then;
  return "the result has " + std::to_string(count) + (count == 1 ? " column" : " columns") + then +
         ": " + column_names(*from);
}

// "column 2 \"rent\" (double precision) of row 0"
std::string describe_cell(const result_storage& from, std::size_t row, std::size_t column) {
  return "column " + std::to_string(column) + " \"" + std::string{from.column_name(column)} +
         "\" (" + type_name(from.column_type(column)) + ") of row " + std::to_string(row);
}

} // namespace

result_storage::~result_storage() = default;

namespace detail {

void refuse_null(const result_storage& from, std::size_t row, std::size_t column,
                 std::string_view type_name) {
  refuse(errc::bad_conversion, describe_cell(from, row, column) +
                                   " is NULL; read it as std::optional<" + std::string{type_name} +
                                   ">");
}

void refuse_cell(const result_storage& from, std::size_t row, std::size_t column,
                 const failure& reason) {
  error placed = reason.why();
  placed.message = describe_cell(from, row, column) + " " + placed.message;
  throw failure{std::move(placed)};
}

void refuse_row_index(std::size_t rows, std::size_t row) {
  refuse(errc::bad_conversion, "there is no row " + std::to_string(row) + ": the result has " +
                                   std::to_string(rows) + (rows == 1 ? " row" : " rows"));
}

void refuse_column_index(const result_storage* from, std::size_t column) {
  refuse(errc::no_such_column,
         "there is no column " + std::to_string(column) + ": " + describe_columns(from));
}

void check_column_count(const result_storage* from, std::size_t asked) {
  if (column_count(from) == asked) [[likely]]
    return;
  refuse(errc::bad_conversion,
         describe_columns(from, ", " + std::to_string(asked) +
                                    (asked == 1 ? " was asked for" : " were asked for")));
}

std::size_t find_column(const result_storage* from, std::string_view name) {
  for (std::size_t i = 0; i < column_count(from); ++i) {
    if (from->column_name(i) == name)
      return i;
  }
  refuse(errc::no_such_column,
         "there is no column \"" + std::string{name} + "\": " + describe_columns(from));
}

} // namespace detail

std::string_view row::text(std::size_t column) const {
  const cell_view cell = storage_->cell(index_, checked(column));
  if (cell.is_null())
    detail::refuse_null(*storage_, index_, column, "std::string");
  return cell.text();
}

std::string_view result_set::column_name(std::size_t column) const {
  if (column >= columns())
    detail::refuse_column_index(storage_.get(), column);
  return storage_->column_name(column);
}

} // namespace freehold
