#include "runtime/fallback.hpp"
#include "tests/support/catch.hpp"

using namespace freehold;

namespace {

error failed(errc code, fate known = fate::not_sent) {
  error why;
  why.code = code;
  why.fate = known;
  return why;
}

const statement read_x{"read", "SELECT $1", read_only};

} // namespace

TEST_CASE("what the database cannot help takes a fallback") {
  for (const errc code :
       {errc::queue_full, errc::acquire_timeout, errc::connect_failed, errc::authentication_failed,
        errc::database_missing, errc::too_many_connections, errc::deadline_exceeded,
        errc::connection_lost}) {
    CHECK(takes_fallback(failed(code), read_only));
    CHECK(takes_fallback(failed(code), writes));
  }
}

TEST_CASE("what is wrong with the request itself does not, nor does the end of the runtime") {
  for (const errc code :
       {errc::bad_parameter, errc::bad_conversion, errc::no_such_column, errc::statement_conflict,
        errc::not_allowed, errc::result_too_large, errc::server_error, errc::serialization_failure,
        errc::cancelled, errc::transaction_failed, errc::lease_lost, errc::unknown_database,
        errc::stopped, errc::would_block, errc::internal})
    CHECK_FALSE(takes_fallback(failed(code), read_only));
}

TEST_CASE("a write that may have taken effect is never answered by anything else") {
  for (const effect what : {writes, idempotent}) {
    CHECK_FALSE(takes_fallback(failed(errc::outcome_unknown, fate::unknown), what));
    CHECK_FALSE(takes_fallback(failed(errc::deadline_exceeded, fate::unknown), what));
    CHECK_FALSE(takes_fallback(failed(errc::connection_lost, fate::unknown), what));
    CHECK(takes_fallback(failed(errc::connection_lost, fate::rolled_back), what));
  }
  CHECK(takes_fallback(failed(errc::deadline_exceeded, fate::unknown), read_only));
}

TEST_CASE("answers are told apart by statement, parameters and settings, byte for byte") {
  const statement other{"read", "SELECT $1 ", read_only};
  const std::vector<std::string> keys{
      last_good_key(freehold::bind(read_x, "ab", "c"), {}),
      last_good_key(freehold::bind(read_x, "a", "bc"), {}),
      last_good_key(freehold::bind(read_x, "abc"), {}),
      last_good_key(freehold::bind(read_x, nullptr), {}),
      last_good_key(freehold::bind(read_x, ""), {}),
      last_good_key(freehold::bind(other, "abc"), {}),
      last_good_key(freehold::bind(read_x, "abc"), {{"app.tenant_id", "1"}}),
      last_good_key(freehold::bind(read_x, "abc"), {{"app.tenant_id", "2"}}),
      last_good_key(freehold::bind(read_x, "abc"), {{"app.user", "1"}}),
      last_good_key(freehold::bind(read_x, "abc"), {{"app.tenant_id", "1"}, {"app.user", "1"}})};
  for (std::size_t i = 0; i < keys.size(); ++i) {
    for (std::size_t j = 0; j < i; ++j)
      CHECK(keys[i] != keys[j]);
  }
  CHECK(last_good_key(freehold::bind(read_x, "a"), {{"App.Tenant", "A"}}) ==
        last_good_key(freehold::bind(read_x, "a"), {{"app.tenant", "A"}}));
}

TEST_CASE("a result says in a word where it is from") {
  const result_set here = make_result_set({"a"}, {{"1"}});
  CHECK(to_string(here.origin()) == "fresh");
  CHECK(to_string(here.marked(result_origin::stale).origin()) == "stale");
  CHECK(to_string(result_origin::other_database) == "other_database");
  CHECK(to_string(result_origin::substitute) == "substitute");
}
