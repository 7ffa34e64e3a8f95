#include <freehold/result_set.hpp>
#include <nlohmann/json.hpp>

#include "tests/support/catch.hpp"

using freehold::failure;
using freehold::parameters;
using nlohmann::json;

// Comparisons of json are in parentheses of their own: Catch would otherwise
// take it for a range of ranges without end.

namespace {

freehold::result_set cell(std::optional<std::string> text) {
  return freehold::make_result_set({"j"}, {{std::move(text)}});
}

struct document {
  std::int64_t id;
  json body;
  std::optional<json> extra;
};

} // namespace

TEST_CASE("JSON reads back as it was sent") {
  const json value = {{"city", "Lyon"}, {"rooms", {1, 2.5, nullptr, true}}, {"é", "\u20ac"}};
  const auto bound = parameters::of(value);
  CHECK((cell(bound.data(0)).scalar<json>() == value));
}

TEST_CASE("JSON null is a value and NULL an empty optional") {
  CHECK((cell("null").scalar<std::optional<json>>() == std::optional<json>{json{}}));
  CHECK_FALSE(cell(std::nullopt).scalar<std::optional<json>>().has_value());
  CHECK_THROWS_AS(cell(std::nullopt).scalar<json>(), failure);
}

TEST_CASE("malformed JSON is unreadable, and the reason does not show it") {
  for (const char* text : {"", "{", "{\"secret\":}", "secret", "1 2", "1e999"}) {
    try {
      static_cast<void>(cell(text).scalar<json>());
      FAIL_CHECK(text);
    } catch (const failure& reason) {
      CHECK(reason.why().message ==
            "column 0 \"j\" (text) of row 0 does not read as nlohmann::json");
    }
  }
}

TEST_CASE("JSON that holds malformed UTF-8 is refused without its value") {
  const auto bound = parameters::of(json{{"name", "secret\xff"}});
  CHECK(bound.problem() == "parameter $1: JSON contains a string that is not valid UTF-8");
}

TEST_CASE("structs and arrays may hold JSON") {
  const auto found =
      freehold::make_result_set({"id", "body", "extra"}, {{"7", "[1,2]", std::nullopt}});
  const auto first = found.first<document>();
  REQUIRE(first);
  CHECK((first->body == json{1, 2}));
  CHECK_FALSE(first->extra.has_value());
  const auto many = cell(R"({"{\"a\": 1}",2})").scalar<std::vector<json>>();
  REQUIRE(many.size() == 2);
  CHECK((many[0] == json{{"a", 1}}));
}
