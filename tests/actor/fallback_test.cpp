// What a caller is answered with while its database is away.

#include "actors/database_core.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/simulated_database.hpp"

#include <freehold/database.hpp>

#include <stdexcept>

using namespace freehold;
using namespace freehold::testing;
using namespace std::chrono_literals;

namespace {

database_options away_soon() {
  database_options options = default_database(base_profile::production, "primary");
  options.pool.min_connections = 0;
  options.pool.max_connections = 1;
  options.pool.acquire_timeout = 500ms;
  options.pool.idle_timeout = 1s;
  return options;
}

result_set known_rows() {
  return make_result_set({"echo"}, {{"known"}});
}

struct answered {
  int count = 0;
  outcome last;

  [[nodiscard]] const result_set& rows() const { return std::get<result_set>(last.value); }
  [[nodiscard]] errc code() const { return last.why ? last.why->code : errc::none; }
};

// A database with a handle, on the test scheduler.
struct handled : simulated_database {
  explicit handled(database_options options = away_soon())
      : simulated_database{std::move(options)} {}
  [[nodiscard]] database db() const { return database{core}; }

  std::shared_ptr<answered> ask(const statement& what, std::vector<fallback> fallbacks,
                                std::vector<setting> settings = {}) {
    auto got = std::make_shared<answered>();
    request_options how;
    how.fallbacks = std::move(fallbacks);
    how.settings = std::move(settings);
    db().execute(
        freehold::bind(what),
        [got](outcome&& answer) {
          ++got->count;
          got->last = std::move(answer);
        },
        std::move(how));
    run();
    return got;
  }
  // Sessions are closed, and no new ones can be had.
  void go_away() {
    refuse = unreachable();
    advance(3s);
    REQUIRE(snapshot().idle == 0);
  }
};

} // namespace

TEST_CASE("a database that is there answers, and the answer is fresh") {
  handled home;
  const auto got = home.ask(read_one, {fallback::last_good(5min), fallback::value(known_rows())});
  CHECK(got->count == 1);
  CHECK(got->rows().origin() == result_origin::fresh);
  CHECK(got->rows().age() == 0ms);
}

TEST_CASE("the latest good answer stands in, says so, and tenants get their own only") {
  handled home;
  const std::vector<setting> one{{"app.tenant_id", "1"}};
  const std::vector<setting> two{{"app.tenant_id", "2"}};
  CHECK(home.ask(read_one, {fallback::last_good(5min)}, one)->code() == errc::none);
  home.go_away();
  const auto stale = home.ask(read_one, {fallback::last_good(5min)}, one);
  const auto other = home.ask(read_one, {fallback::last_good(5min)}, two);
  CHECK(stale->count == 0);
  home.advance(1s);
  REQUIRE(stale->code() == errc::none);
  CHECK(stale->count == 1);
  CHECK(stale->rows().origin() == result_origin::stale);
  CHECK(stale->rows().scalar<std::string>() == "SELECT 1");
  CHECK(other->code() == errc::connect_failed);
  CHECK(to_string(*other->last.why).find("no good answer of the last 5 min") != std::string::npos);
}

TEST_CASE("who does not ask for the latest good answer fills no cache") {
  handled home;
  CHECK(home.ask(read_one, {fallback::value(known_rows())})->code() == errc::none);
  home.go_away();
  const auto got = home.ask(read_one, {fallback::last_good(5min)});
  home.advance(1s);
  CHECK(got->code() == errc::connect_failed);
}

TEST_CASE("fallbacks are tried in order, and the first that can answers") {
  handled home;
  home.go_away();
  const auto boom = [](const error&) -> result_set { throw std::runtime_error{"no luck"}; };
  const auto got =
      home.ask(read_one, {fallback::last_good(5min), fallback::otherwise(boom),
                          fallback::otherwise([](const error& why) {
                            return make_result_set({"why"}, {{std::string{to_string(why.code)}}});
                          }),
                          fallback::value(known_rows())});
  home.advance(1s);
  REQUIRE(got->count == 1);
  CHECK(got->rows().scalar<std::string>() == "connect_failed");
  CHECK(got->rows().origin() == result_origin::substitute);
  const auto none = home.ask(read_one, {fallback::otherwise(boom)});
  home.advance(1s);
  REQUIRE(none->count == 1);
  CHECK(none->code() == errc::connect_failed);
  CHECK(to_string(*none->last.why).find("no luck") != std::string::npos);
}

TEST_CASE("an empty value is an answer, and is known not to be fresh") {
  handled home;
  home.go_away();
  const auto got = home.ask(read_one, {fallback::value({})});
  home.advance(1s);
  REQUIRE(got->code() == errc::none);
  CHECK(got->rows().empty());
  CHECK(got->rows().origin() == result_origin::substitute);
}

TEST_CASE("another database stands in within the time that is left, and its failure is told") {
  handled replica;
  {
    handled home;
    home.go_away();
    const auto got = home.ask(read_one, {fallback::from(replica.db())});
    home.advance(1s);
    replica.run();
    REQUIRE(got->count == 1);
    REQUIRE(got->code() == errc::none);
    CHECK(got->rows().origin() == result_origin::other_database);
    replica.go_away();
    const auto none = home.ask(read_one, {fallback::from(replica.db())});
    home.advance(1s);
    CHECK(none->count == 0);
    replica.advance(1s);
    REQUIRE(none->count == 1);
    CHECK(none->code() == errc::connect_failed);
    CHECK(to_string(*none->last.why).find("\"primary\" could not stand in") != std::string::npos);
  }
}

TEST_CASE("an error of the statement itself takes no fallback") {
  handled home;
  home.prepare = [](scripted_session& on) { on.at_sql["SELECT 1"].push_back(refusal("22012")); };
  const auto got = home.ask(read_one, {fallback::last_good(5min), fallback::value(known_rows())});
  CHECK(got->count == 1);
  CHECK(got->code() == errc::server_error);
}

TEST_CASE("a write that may have happened takes no fallback, one that did not does") {
  handled home;
  home.prepare = [](scripted_session& on) {
    on.at_sql["INSERT INTO t VALUES (1)"].push_back({mishap::lose_after, {}});
  };
  const auto unknown = home.ask(write_one, {fallback::value(known_rows())});
  home.advance(1s);
  CHECK(unknown->count == 1);
  CHECK(unknown->code() == errc::outcome_unknown);
  home.go_away();
  const auto unsent = home.ask(write_one, {fallback::value(known_rows())});
  home.advance(1s);
  CHECK(unsent->code() == errc::none);
}

TEST_CASE("the latest good answer is refused for what writes, and fallbacks for transactions") {
  handled home;
  const auto write = home.ask(write_one, {fallback::last_good(5min)});
  CHECK(write->count == 1);
  CHECK(write->code() == errc::not_allowed);
  transaction_options how;
  how.request.fallbacks = {fallback::value(known_rows())};
  auto script = home.db().script({freehold::bind(read_one)}, how);
  auto function = home.db().transact([](transaction&) {}, how);
  lease_request lease_how;
  lease_how.how = how;
  auto held = home.db().lease(lease_how);
  home.run();
  const auto code = [](auto& answer) {
    try {
      static_cast<void>(answer.get());
    } catch (const failure& why) {
      return why.code();
    }
    return errc::none;
  };
  CHECK(code(script) == errc::not_allowed);
  CHECK(code(function) == errc::not_allowed);
  CHECK(code(held) == errc::not_allowed);
}

TEST_CASE("an actor's request takes fallbacks too, even when its deadline has passed") {
  handled home;
  CHECK(home.ask(read_one, {fallback::last_good(5min)})->code() == errc::none);
  home.go_away();
  execute_message wanted{freehold::bind(read_one), {}};
  wanted.how.timeout = 100ms;
  wanted.how.fallbacks = {fallback::last_good(5min)};
  CHECK(home.reply_to(std::move(wanted)).origin() == result_origin::stale);
}
