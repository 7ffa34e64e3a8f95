// A result that is not the answer of the server that was asked.
#include <freehold/result_set.hpp>

namespace freehold {
namespace {

class marked_storage final : public result_storage {
public:
  marked_storage(std::shared_ptr<const result_storage> of, result_origin origin,
                 std::chrono::milliseconds age)
      : result_storage{of->rows(), of->columns(), of->affected()}, of_{std::move(of)},
        origin_{origin}, age_{age} {}

  cell_view cell(std::size_t row, std::size_t column) const noexcept override {
    return of_->cell(row, column);
  }
  std::string_view column_name(std::size_t column) const noexcept override {
    return of_->column_name(column);
  }
  std::uint32_t column_type(std::size_t column) const noexcept override {
    return of_->column_type(column);
  }
  std::size_t bytes() const noexcept override { return of_->bytes(); }
  result_origin origin() const noexcept override { return origin_; }
  std::chrono::milliseconds age() const noexcept override { return age_; }

private:
  std::shared_ptr<const result_storage> of_;
  result_origin origin_;
  std::chrono::milliseconds age_;
};

// What is marked needs a storage, also when there are no rows.
class no_rows final : public result_storage {
public:
  no_rows() : result_storage{0, 0, 0} {}
  cell_view cell(std::size_t, std::size_t) const noexcept override { return {}; }
  std::string_view column_name(std::size_t) const noexcept override { return {}; }
  std::uint32_t column_type(std::size_t) const noexcept override { return 0; }
};

} // namespace

std::string_view to_string(result_origin value) noexcept {
  switch (value) {
  case result_origin::fresh:
    return "fresh";
  case result_origin::stale:
    return "stale";
  case result_origin::other_database:
    return "other_database";
  case result_origin::substitute:
    return "substitute";
  }
  return "unknown";
}

result_set result_set::marked(result_origin origin, std::chrono::milliseconds age) const {
  std::shared_ptr<const result_storage> rows = storage_;
  if (!rows)
    rows = std::make_shared<no_rows>();
  return result_set{std::make_shared<marked_storage>(std::move(rows), origin, age)};
}

} // namespace freehold
