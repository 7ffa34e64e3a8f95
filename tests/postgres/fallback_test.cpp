// A real server that goes away, and what its callers get meanwhile.

#include "tests/support/live_runtime.hpp"

using namespace freehold;
using namespace freehold::testing;

namespace {

config impatient(const std::string& service) {
  config options = sandbox_config(service, "URL", 2);
  options.databases.front().pool.acquire_timeout = 300ms;
  options.databases.front().connect.backoff_base = 100ms;
  options.databases.front().connect.backoff_cap = 500ms;
  return options;
}

const statement now{"fallback now", "SELECT $1::text || pg_postmaster_start_time()", read_only};

} // namespace

TEST_CASE("a server out of reach is answered for by its latest good answer, then fresh again") {
  live_runtime home{impatient("fallback_last")};
  const auto ask = [&](const std::string& whose) {
    request_options how;
    how.timeout = 2s;
    how.fallbacks = {fallback::last_good(5min)};
    return home.db.execute(freehold::bind(now, whose), how).get();
  };
  const result_set before = ask("mine");
  CHECK(before.origin() == result_origin::fresh);
  sandbox_does("server stop");
  const result_set stale = ask("mine");
  CHECK(stale.origin() == result_origin::stale);
  CHECK(stale.age() > 0ms);
  CHECK(stale.age() < 60s);
  CHECK(stale.scalar<std::string>() == before.scalar<std::string>());
  CHECK_THROWS_AS(ask("another's"), failure);
  sandbox_does("server start");
  CHECK(eventually([&] { return ask("mine").origin() == result_origin::fresh; }, 10s));
  CHECK(ask("mine").scalar<std::string>() != before.scalar<std::string>());
}

TEST_CASE("a server that hangs is answered for when the deadline has passed") {
  live_runtime home{impatient("fallback_hangs")};
  request_options how;
  how.timeout = 500ms;
  how.fallbacks = {fallback::last_good(5min)};
  CHECK(home.db.execute(freehold::bind(now, "x"), how).get().origin() == result_origin::fresh);
  sandbox_does("server pause");
  const auto asked = std::chrono::steady_clock::now();
  auto answer = home.db.execute(freehold::bind(now, "x"), how);
  const bool came = answer.wait_for(3s);
  const auto took = std::chrono::steady_clock::now() - asked;
  sandbox_does("server continue");
  REQUIRE(came);
  CHECK(answer.get().origin() == result_origin::stale);
  CHECK(took < 1500ms);
}

TEST_CASE("another database stands in for one that nobody serves") {
  config options = impatient("fallback_other");
  database_options nobody = options.databases.front();
  nobody.name = "nobody";
  nobody.target.parameters["port"] = "1";
  options.databases.push_back(nobody);
  live_runtime home{std::move(options)};
  request_options how;
  how.timeout = 5s;
  how.fallbacks = {fallback::from(home.db)};
  const result_set rows = home.on.database("nobody").execute(freehold::bind(now, "x"), how).get();
  CHECK(rows.origin() == result_origin::other_database);
  CHECK(rows.size() == 1);
}
