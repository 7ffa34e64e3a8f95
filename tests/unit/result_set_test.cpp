#include <freehold/result_set.hpp>

#include "tests/support/catch.hpp"

#include <algorithm>
#include <atomic>
#include <stdexcept>

using freehold::errc;
using freehold::failure;
using freehold::make_result_set;
using freehold::result_set;

namespace {

struct home {
  std::int64_t id;
  std::string title;
  std::optional<double> rent;
};

// With a constructor, it has to say which columns make it.
class money {
public:
  money(std::int64_t cents, std::string currency) : cents_{cents}, currency_{std::move(currency)} {}
  std::int64_t cents() const { return cents_; }
  const std::string& currency() const { return currency_; }

private:
  std::int64_t cents_;
  std::string currency_;
};

struct sixteen {
  int a, b, c, d, e, f, g, h, i, j, k, l, m, n, o;
  const std::string p;
};

result_set homes() {
  return make_result_set({"id", "title", "rent"}, {{"1", "Loft by the river, long enough", "850.5"},
                                                   {"2", "Studio", std::nullopt}});
}

template <class Action>
freehold::error error_of(Action&& action) {
  try {
    action();
  } catch (const failure& reason) {
    return reason.why();
  }
  FAIL("nothing was thrown");
  return {};
}

// Counts how many are alive, and has typed columns.
class counted_storage final : public freehold::result_storage {
public:
  explicit counted_storage(std::atomic<int>& alive) : result_storage{1, 2, 0}, alive_{alive} {
    ++alive_;
  }
  ~counted_storage() override { --alive_; }
  freehold::cell_view cell(std::size_t, std::size_t column) const noexcept override {
    return column == 0 ? freehold::cell_view{"secret", 6} : freehold::cell_view{};
  }
  std::string_view column_name(std::size_t column) const noexcept override {
    return column == 0 ? "title" : "rent";
  }
  std::uint32_t column_type(std::size_t column) const noexcept override {
    return column == 0 ? 25 : 701;
  }

private:
  std::atomic<int>& alive_;
};

} // namespace

template <>
struct freehold::fields_of<money> {
  using type = std::tuple<std::int64_t, std::string>;
};

TEST_CASE("a default constructed result is empty") {
  const result_set none;
  CHECK(none.empty());
  CHECK(none.size() == 0);
  CHECK(none.columns() == 0);
  CHECK(none.affected_rows() == 0);
  CHECK(none.begin() == none.end());
  CHECK(error_of([&] { static_cast<void>(none[0]); }).code == errc::bad_conversion);
  CHECK(error_of([&] { static_cast<void>(none.column("id")); }).message ==
        "there is no column \"id\": the result has no columns");
  CHECK(error_of([&] { static_cast<void>(none.as<int>()); }).message ==
        "the result has no columns, 1 was asked for");
}

TEST_CASE("a result knows its shape") {
  const result_set result = make_result_set({"id"}, {{"1"}, {"2"}}, 5);
  CHECK(result.size() == 2);
  CHECK_FALSE(result.empty());
  CHECK(result.columns() == 1);
  CHECK(result.affected_rows() == 5);
  CHECK(result.column_name(0) == "id");
}

TEST_CASE("cells are read by index and by name") {
  const result_set result = homes();
  CHECK(result[0].at<int>(0) == 1);
  CHECK(result[0].at<double>("rent") == 850.5);
  CHECK(result[1].at<std::string>("title") == "Studio");
  CHECK(result[1].at<std::optional<double>>(2) == std::nullopt);
  CHECK(result[1].is_null(2));
  CHECK_FALSE(result[0].is_null(2));
  CHECK(result[1].index() == 1);
  CHECK(result[0].columns() == 3);
  CHECK(result.column("rent") == 2);
}

TEST_CASE("a row's text is not copied") {
  const auto row = homes()[0];
  CHECK(row.text(1) == "Loft by the river, long enough");
  CHECK(row.text(1).data() == row.text(1).data());
}

TEST_CASE("rows are iterated in order and may be kept") {
  std::vector<freehold::row> kept;
  for (const auto& each : homes())
    kept.push_back(each);
  REQUIRE(kept.size() == 2);
  CHECK(kept[0].at<int>("id") == 1);
  CHECK(kept[1].at<int>("id") == 2);
}

TEST_CASE("a range of tuples outlives the result it was made from") {
  std::vector<std::string> seen;
  for (auto [id, title, rent] : homes().as<std::int64_t, std::string, std::optional<double>>()) {
    seen.push_back(std::to_string(id) + title + (rent ? "!" : "?"));
  }
  CHECK(seen == std::vector<std::string>{"1Loft by the river, long enough!", "2Studio?"});
}

TEST_CASE("a range keeps the storage, and the last owner frees it") {
  std::atomic<int> alive{0};
  {
    std::optional<result_set> result{std::make_shared<counted_storage>(alive)};
    const auto range = result->as<std::string, std::optional<double>>();
    std::optional<freehold::row> row{(*result)[0]};
    result.reset();
    CHECK(alive == 1);
    CHECK(std::get<0>(*range.begin()) == "secret");
    CHECK(row->text(0) == "secret");
  }
  CHECK(alive == 0);
}

TEST_CASE("a struct without constructors is read field by field") {
  std::vector<home> all = homes().as<home>().to_vector();
  REQUIRE(all.size() == 2);
  CHECK(all[0].id == 1);
  CHECK(all[0].rent == 850.5);
  CHECK(all[1].title == "Studio");
  CHECK(all[1].rent == std::nullopt);
  STATIC_REQUIRE(freehold::field_count<home> == 3);
}

TEST_CASE("a struct may have sixteen fields, constant ones too") {
  std::vector<std::string> names;
  std::vector<std::optional<std::string>> values;
  for (int i = 0; i < 16; ++i) {
    names.push_back("c" + std::to_string(i));
    values.emplace_back(std::to_string(i));
  }
  const auto first = make_result_set(names, {values}).first<sixteen>();
  REQUIRE(first);
  CHECK(first->a == 0);
  CHECK(first->o == 14);
  CHECK(first->p == "15");
}

TEST_CASE("a class says which columns make it") {
  const auto price = make_result_set({"c", "u"}, {{"995", "EUR"}}).first<money>();
  REQUIRE(price);
  CHECK(price->cents() == 995);
  CHECK(price->currency() == "EUR");
}

TEST_CASE("structs and single columns are read side by side, as joins give them") {
  const result_set joined = make_result_set({"id", "title", "rent", "city", "c", "u"},
                                            {{"1", "Loft", std::nullopt, "Lyon", "995", "EUR"}});
  const auto [place, city, deposit] = joined.first<home, std::string, money>().value();
  CHECK(place.id == 1);
  CHECK(place.rent == std::nullopt);
  CHECK(city == "Lyon");
  CHECK(deposit.currency() == "EUR");
  STATIC_REQUIRE(freehold::field_count<std::tuple<home, std::string, money>> == 6);
  const std::string too_few =
      error_of([&] { static_cast<void>(joined.as<home, std::string>()); }).message;
  INFO(too_few);
  CHECK(too_few.find("4 were asked for") != std::string::npos);
  const std::string problem =
      error_of([&] { static_cast<void>(joined.first<money, home, std::string>()); }).message;
  INFO(problem);
  CHECK(problem.find("\"rent\"") != std::string::npos); // the third column, the first of the home
}

TEST_CASE("a single type that is one column makes a tuple of one") {
  std::vector<int> ids;
  for (auto [id] : make_result_set({"id"}, {{"3"}, {"4"}}).as<int>())
    ids.push_back(id);
  CHECK(ids == std::vector<int>{3, 4});
  STATIC_REQUIRE(std::is_same_v<freehold::row_type<freehold::uuid>, std::tuple<freehold::uuid>>);
}

TEST_CASE("a range is a range to the standard algorithms") {
  const auto range = homes().as<home>();
  STATIC_REQUIRE(std::forward_iterator<freehold::typed_rows<home>::iterator>);
  STATIC_REQUIRE(std::input_iterator<freehold::row_iterator>);
  CHECK(std::count_if(range.begin(), range.end(), [](const home& h) { return h.rent > 1.0; }) == 1);
  CHECK(range.size() == 2);
  CHECK_FALSE(range.empty());
  CHECK(make_result_set({"a"}, {}).as<int>().empty());
}

TEST_CASE("the first row is optional and a scalar is not") {
  const result_set none = make_result_set({"id", "title"}, {});
  CHECK(none.first<int, std::string>() == std::nullopt);
  CHECK(homes()[0].as<int, std::string, double>() ==
        std::tuple<int, std::string, double>{1, "Loft by the river, long enough", 850.5});
  CHECK(std::get<1>(homes().first<int, std::string, double>().value()).starts_with("Loft"));
  CHECK(make_result_set({"count"}, {{"42"}}).scalar<std::int64_t>() == 42);
  CHECK(make_result_set({"x"}, {{std::nullopt}}).scalar<std::optional<int>>() == std::nullopt);
  CHECK(error_of([&] { static_cast<void>(none.scalar<int>()); }).message ==
        "there is no row 0: the result has 0 rows");
}

TEST_CASE("a wrong number of columns is refused before any row is read") {
  const auto refused = error_of([] { static_cast<void>(homes().as<int, std::string>()); });
  CHECK(refused.code == errc::bad_conversion);
  CHECK(refused.message == "the result has 3 columns, 2 were asked for: id, title, rent");
  CHECK(error_of([] { static_cast<void>(homes().first<money>()); }).code == errc::bad_conversion);
  CHECK(error_of([] { static_cast<void>(homes()[0].as<int>()); }).message ==
        "the result has 3 columns, 1 was asked for: id, title, rent");
  CHECK(error_of([] { static_cast<void>(make_result_set({"a"}, {}).as<home>()); }).message ==
        "the result has 1 column, 3 were asked for: a");
}

TEST_CASE("a column that is not there is refused with those that are") {
  const auto by_name = error_of([] { static_cast<void>(homes()[0].at<int>("rents")); });
  CHECK(by_name.code == errc::no_such_column);
  CHECK(by_name.message ==
        "there is no column \"rents\": the result has 3 columns: id, title, rent");
  const auto by_index = error_of([] { static_cast<void>(homes()[0].at<int>(3)); });
  CHECK(by_index.code == errc::no_such_column);
  CHECK(by_index.message == "there is no column 3: the result has 3 columns: id, title, rent");
  CHECK(error_of([] { static_cast<void>(homes()[0].is_null(9)); }).code == errc::no_such_column);
  CHECK(error_of([] { static_cast<void>(homes()[0].text(9)); }).code == errc::no_such_column);
  CHECK(error_of([] { static_cast<void>(homes().column_name(9)); }).code == errc::no_such_column);
}

TEST_CASE("a row that is not there is refused") {
  CHECK(error_of([] { static_cast<void>(homes()[2]); }).message ==
        "there is no row 2: the result has 2 rows");
}

TEST_CASE("a cell that does not convert is named, and its value is not shown") {
  std::atomic<int> alive{0};
  const result_set result{std::make_shared<counted_storage>(alive)};
  const auto refused = error_of([&] { static_cast<void>(result[0].at<int>("title")); });
  CHECK(refused.code == errc::bad_conversion);
  CHECK(refused.message == "column 0 \"title\" (text) of row 0 does not read as std::int32_t");
  for (const auto& reason :
       {refused, error_of([&] { static_cast<void>(result[0].at<bool>(0)); }),
        error_of([&] { static_cast<void>(result[0].at<double>(0)); }),
        error_of([&] { static_cast<void>(result[0].at<freehold::uuid>(0)); }),
        error_of([&] { static_cast<void>(result[0].at<std::vector<int>>(0)); }),
        error_of([&] { static_cast<void>(result[0].at<std::chrono::microseconds>(0)); }),
        error_of([&] { static_cast<void>(result[0].at<std::chrono::year_month_day>(0)); }),
        error_of([&] { static_cast<void>(result.scalar<std::optional<int>>()); })}) {
    CHECK(to_string(reason).find("secret") == std::string::npos);
  }
}

TEST_CASE("NULL is refused with the type that takes it") {
  std::atomic<int> alive{0};
  const result_set result{std::make_shared<counted_storage>(alive)};
  CHECK(error_of([&] { static_cast<void>(result[0].at<double>(1)); }).message ==
        "column 1 \"rent\" (double precision) of row 0 is NULL; "
        "read it as std::optional<double>");
  CHECK(error_of([&] { static_cast<void>(result[0].text(1)); }).code == errc::bad_conversion);
  CHECK(error_of([&] { static_cast<void>(result.as<std::string, double>().to_vector()); }).code ==
        errc::bad_conversion);
}

TEST_CASE("a row in memory of another length than its columns is refused") {
  CHECK_THROWS_AS(make_result_set({"a", "b"}, {{"1"}}), std::invalid_argument);
}
