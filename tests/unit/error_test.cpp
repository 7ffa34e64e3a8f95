#include <freehold/error.hpp>

#include "tests/support/catch.hpp"

#include <set>
#include <type_traits>

using freehold::errc;
using freehold::error;
using freehold::failure;
using freehold::fate;

TEST_CASE("every code has a text of its own") {
  std::set<std::string_view> texts;
  constexpr auto last = static_cast<int>(errc::internal);
  for (int code = 0; code <= last; ++code) {
    const auto text = to_string(static_cast<errc>(code));
    CHECK(text != "unknown");
    CHECK(texts.insert(text).second);
  }
  CHECK(to_string(static_cast<errc>(last + 1)) == "unknown");
}

TEST_CASE("every fate has a text") {
  CHECK(to_string(fate::not_sent) == "not_sent");
  CHECK(to_string(fate::rolled_back) == "rolled_back");
  CHECK(to_string(fate::unknown) == "unknown");
}

TEST_CASE("an error is one line of what is known") {
  error value;
  value.code = errc::server_error;
  CHECK(to_string(value) == "server_error");
  value.message = "relation \"x\" does not exist";
  CHECK(to_string(value) == "server_error: relation \"x\" does not exist");
  value.statement = "homes";
  value.query_id = "k3f9x2";
  value.sqlstate = "42P01";
  CHECK(to_string(value) == "server_error (statement homes, query k3f9x2, SQLSTATE 42P01): "
                            "relation \"x\" does not exist");
  value.statement.clear();
  value.message = "first\r\nsecond";
  CHECK(to_string(value) == "server_error (query k3f9x2, SQLSTATE 42P01): first  second");
}

TEST_CASE("a failure carries its error and says it") {
  error value;
  value.code = errc::queue_full;
  value.message = "500 requests wait";
  const failure thrown{value};
  CHECK(thrown.code() == errc::queue_full);
  CHECK(thrown.why().message == "500 requests wait");
  CHECK(std::string{thrown.what()} == "queue_full: 500 requests wait");
  STATIC_REQUIRE(std::is_nothrow_copy_constructible_v<failure>);
}

TEST_CASE("a failure shares an error that is shared already") {
  const auto shared = std::make_shared<const error>();
  CHECK(&failure{shared}.why() == shared.get());
}

TEST_CASE("a failure without an error is a defect and says so") {
  const failure thrown{freehold::error_ptr{}};
  CHECK(thrown.code() == errc::internal);
}
