// A result held in memory, for tests of code that reads results.
#include <stdexcept>

#include <freehold/result_set.hpp>

namespace freehold {
namespace {

constexpr std::uint32_t text_oid = 25;

using cells = std::vector<std::vector<std::optional<std::string>>>;

class memory_storage final : public result_storage {
public:
  memory_storage(std::vector<std::string> names, cells rows, std::size_t affected)
      : result_storage{rows.size(), names.size(), affected}, names_{std::move(names)},
        rows_{std::move(rows)} {}

  cell_view cell(std::size_t row, std::size_t column) const noexcept override {
    const std::optional<std::string>& value = rows_[row][column];
    return value ? cell_view{value->data(), value->size()} : cell_view{};
  }
  std::string_view column_name(std::size_t column) const noexcept override {
    return names_[column];
  }
  std::uint32_t column_type(std::size_t) const noexcept override { return text_oid; }
  std::size_t bytes() const noexcept override {
    std::size_t sum = sizeof *this;
    for (const auto& row : rows_) {
      for (const std::optional<std::string>& value : row)
        sum += sizeof value + (value ? value->size() : 0);
    }
    return sum;
  }

private:
  std::vector<std::string> names_;
  cells rows_;
};

} // namespace

result_set make_result_set(std::vector<std::string> columns, cells rows, std::size_t affected) {
  for (const auto& each : rows) {
    if (each.size() != columns.size()) {
      throw std::invalid_argument{"make_result_set: a row has " + std::to_string(each.size()) +
                                  " values for " + std::to_string(columns.size()) + " columns"};
    }
  }
  return result_set{
      std::make_shared<memory_storage>(std::move(columns), std::move(rows), affected)};
}

} // namespace freehold
