#include "tests/support/batch.hpp"

using namespace freehold;
using namespace freehold::testing;

namespace {

const std::string name = "fh_probe_n1";

// A server behind nobody, a pooler, or a pooler that renames statements.
struct probed : bench {
  database_options database = default_database(base_profile::production, "primary");
  bool pooler = false;
  bool renames = false;
  bool strict = false;

  probed() {
    on.reports["DateStyle"] = "ISO, MDY";
    server->respond = [this](const std::string& sql, const parameters&) { return answer(sql); };
  }
  std::optional<result_set> answer(const std::string& sql) {
    if (sql.starts_with("SELECT pid")) {
      return make_result_set({"pid", "own", "strict", "set", "start"},
                             {{"1", pooler ? "f" : "t", strict ? "t" : "f", std::nullopt,
                               pooler ? std::nullopt : std::optional<std::string>{"today"}}});
    }
    if (sql.starts_with("SELECT EXISTS")) {
      const bool listed = !renames && server->prepared.contains(name);
      return make_result_set({"exists"}, {{listed ? "t" : "f"}});
    }
    if (sql.starts_with("DO")) {
      CHECK(sql.find("DEALLOCATE " + name) != std::string::npos);
      server->prepared.erase(name);
    }
    return std::nullopt;
  }
  server_traits look() { return probe(on, database, "n1", std::chrono::steady_clock::now() + 5s); }
};

} // namespace

TEST_CASE_METHOD(probed, "a direct server gets names after one round trip") {
  strict = GENERATE(false, true);
  const server_traits found = look();
  CHECK_FALSE(found.pooler);
  CHECK(found.mode == statement_mode::named);
  CHECK(found.strict_isolation == strict);
  CHECK(on.count("sync") == 1);
  CHECK(server->prepared.empty());
}

TEST_CASE_METHOD(probed, "a pooler that keeps names gets none, and nothing is left on it") {
  pooler = true;
  const server_traits found = look();
  CHECK(found.pooler);
  CHECK_FALSE(found.pooler_tracks_statements);
  CHECK(found.mode == statement_mode::unnamed);
  CHECK(on.count("sync") == 2);
  CHECK(server->prepared.empty());
}

TEST_CASE_METHOD(probed, "a pooler that renames statements keeps them named") {
  pooler = true;
  renames = true;
  const server_traits found = look();
  CHECK(found.pooler_tracks_statements);
  CHECK(found.mode == statement_mode::named);
}

TEST_CASE_METHOD(probed, "the configured policy overrides what was found") {
  pooler = GENERATE(false, true);
  database.statements.policy = GENERATE(statement_policy::named, statement_policy::unnamed);
  CHECK((look().mode == statement_mode::named) ==
        (database.statements.policy == statement_policy::named));
}

TEST_CASE_METHOD(probed, "what a pooler cannot give is refused") {
  pooler = true;
  SECTION("a search path") {
    database.target.schema = "app";
  }
  SECTION("another date style") {
    on.reports["DateStyle"] = "German, DMY";
  }
  try {
    static_cast<void>(look());
    FAIL("it was accepted");
  } catch (const connect_failure& why) {
    CHECK(why.outcome() == connect_outcome::misconfigured);
  }
}

TEST_CASE_METHOD(probed, "a server that refuses, hangs or breaks off is a failed connect") {
  const auto [met, outcome] =
      GENERATE(std::pair{refusal("57P03", "", "FATAL"), connect_outcome::starting_up},
               std::pair{refusal("53300"), connect_outcome::too_many},
               std::pair{trouble{mishap::hang, {}}, connect_outcome::unreachable},
               std::pair{trouble{mishap::lose_before, {}}, connect_outcome::unreachable});
  on.at_execute[1] = met;
  try {
    static_cast<void>(look());
    FAIL("it was accepted");
  } catch (const connect_failure& why) {
    CHECK(why.outcome() == outcome);
  }
}
