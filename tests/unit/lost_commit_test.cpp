#include "runtime/lost_commit.hpp"
#include "tests/support/batch.hpp"

using namespace freehold;
using namespace freehold::testing;

namespace {

const std::string ask_id = "SELECT txid_current_if_assigned()";
const std::string insert = "INSERT INTO a";

std::string fate_sql() {
  return commit_fate_query({}).what.sql();
}

// Two sessions to one server; on the first of them a COMMIT is lost.
struct two_sessions : bench {
  scripted_session other{server};
  session_state second{options, "n2"};
  sent_request asked = ask({}, request_kind::function);
  int runs = 0;

  two_sessions() {
    state.server.server_start = second.server.server_start = "today";
    second.server.mode = statement_mode::named;
    answer(ask_id, "42");
    asked.what->body = [this](transaction& tx) {
      static_cast<void>(tx.execute(statement{"add", insert}));
      return std::any{++runs};
    };
  }
  void answer(const std::string& sql, std::optional<std::string> value) {
    server->answers[sql] = make_result_set({"value"}, {{std::move(value)}});
  }
  std::optional<attempt_failure> lose() {
    on.at_sql["COMMIT"].push_back({mishap::lose_before, {}});
    std::optional<attempt_failure> failed = run_function(on, state, options, asked.what);
    REQUIRE(failed);
    CHECK(failed->why.code == errc::outcome_unknown);
    return failed;
  }
  std::optional<attempt_failure> again() {
    asked.what->mark_doubtful();
    asked.what->mark_sent(false);
    return run_function(other, second, options, asked.what);
  }
};

} // namespace

TEST_CASE_METHOD(two_sessions, "a transaction's id travels with its first write, and only then") {
  const bool changes = GENERATE(true, false);
  const bool pooled = GENERATE(true, false);
  asked.what->options.idempotent = GENERATE(true, false);
  if (pooled)
    state.server.server_start.clear();
  asked.what->body = [&](transaction& tx) {
    for (int i = 0; i < 2; ++i)
      static_cast<void>(tx.execute(changes ? statement{"add", insert}
                                           : statement{"read", "SELECT a", read_only}));
    return std::any{1};
  };
  CHECK_FALSE(run_function(on, state, options, asked.what));
  CHECK(server->times(ask_id) == (changes && !pooled && !asked.what->options.idempotent ? 1 : 0));
  CHECK(on.count("sync") == 3); // no round trip more
}

TEST_CASE_METHOD(two_sessions,
                 "a lost COMMIT that was one is answered as if nothing had happened") {
  static_cast<void>(lose());
  answer(fate_sql(), "committed");
  CHECK_FALSE(again());
  REQUIRE_FALSE(asked.to->last.why);
  CHECK(std::any_cast<int>(std::get<std::any>(asked.to->last.value)) == 1);
  CHECK(runs == 1);
}

TEST_CASE_METHOD(two_sessions, "a lost COMMIT that was rolled back is run again") {
  static_cast<void>(lose());
  answer(fate_sql(), "aborted");
  CHECK_FALSE(again());
  REQUIRE_FALSE(asked.to->last.why);
  CHECK(runs == 2);
  CHECK(server->times(insert) == 1);
}

TEST_CASE_METHOD(two_sessions, "what is found to be rolled back and fails then is without doubt") {
  static_cast<void>(lose());
  answer(fate_sql(), "aborted");
  other.at_sql[insert].push_back({mishap::lose_before, {}});
  const std::optional<attempt_failure> failed = again();
  REQUIRE(failed);
  asked.what->fail(failed->why);
  CHECK(asked.why().fate == fate::rolled_back);
  CHECK_FALSE(asked.what->lost);
}

TEST_CASE_METHOD(two_sessions, "a transaction that is still under way is asked for again") {
  static_cast<void>(lose());
  answer(fate_sql(), "in progress");
  const std::optional<attempt_failure> failed = again();
  REQUIRE(failed);
  CHECK(failed->kind == failure_class::in_doubt);
  CHECK(asked.to->answers == 0);
  CHECK(runs == 1);
}

TEST_CASE_METHOD(two_sessions, "what the server does not know stays in doubt") {
  static_cast<void>(lose());
  answer(fate_sql(), std::nullopt);
  CHECK_FALSE(again());
  CHECK(asked.why().code == errc::outcome_unknown);
  CHECK(asked.why().fate == fate::unknown);
  CHECK(runs == 1);
}

TEST_CASE_METHOD(two_sessions, "only a session that saw all of it is believed") {
  SECTION("another server, or the same one after a restart") {
    second.server.server_start = "since";
  }
  SECTION("a session that was opened after the transaction began, perhaps after a crash") {
    second.opened = std::chrono::steady_clock::now() + 1h;
  }
  SECTION("a pooler, behind which the server may change") {
    second.server.pooler = true;
  }
  static_cast<void>(lose());
  answer(fate_sql(), "committed");
  const std::optional<attempt_failure> failed = again();
  REQUIRE(failed);
  CHECK(failed->why.code == errc::outcome_unknown);
  CHECK(other.calls.empty());
}

TEST_CASE_METHOD(two_sessions, "a look-up that fails leaves the doubt as it was") {
  static_cast<void>(lose());
  other.at_execute[1] = {mishap::lose_before, {}};
  const std::optional<attempt_failure> failed = again();
  REQUIRE(failed);
  CHECK(failed->why.code == errc::outcome_unknown);
  CHECK(failed->kind == failure_class::in_doubt);
}

TEST_CASE_METHOD(two_sessions, "whatever ends the look-up, what wrote is answered as unknown") {
  static_cast<void>(lose());
  asked.what->mark_doubtful();
  asked.what->fail(errc::circuit_open, "the circuit is open");
  CHECK(asked.why().code == errc::outcome_unknown);
  CHECK(asked.why().fate == fate::unknown);
}
