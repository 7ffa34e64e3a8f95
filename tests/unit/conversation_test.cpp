#include "tests/support/batch.hpp"

using namespace freehold;
using namespace freehold::testing;

namespace {

const statement read{"read", "SELECT a", read_only};
const statement write{"write", "UPDATE a"};

struct talk : bench {
  sent_request asked = ask({}, request_kind::function);

  std::optional<attempt_failure> run(std::function<void(transaction&)> body) {
    asked.what->body = [body](transaction& tx) {
      body(tx);
      return std::any{42};
    };
    return run_function(on, state, options, asked.what);
  }
};

void write_once(transaction& tx) {
  static_cast<void>(tx.execute(write));
}

} // namespace

TEST_CASE_METHOD(talk, "a function that returns is committed, BEGIN travels with its statement") {
  CHECK_FALSE(run(write_once));
  CHECK(std::any_cast<int>(std::get<std::any>(asked.to->last.value)) == 42);
  CHECK(on.calls.front() == "unnamed BEGIN");
  CHECK(on.count("sync") == 2);
  CHECK(server->times("UPDATE a") == 1);
  CHECK_FALSE(on.in_transaction());
}

TEST_CASE_METHOD(talk, "a function that runs nothing sends nothing") {
  CHECK_FALSE(run([](transaction&) {}));
  CHECK(asked.to->answers == 1);
  CHECK(on.calls.empty());
}

TEST_CASE_METHOD(talk, "a function that throws is rolled back and its exception kept") {
  CHECK_FALSE(run([](transaction& tx) {
    write_once(tx);
    throw std::runtime_error{"mine"};
  }));
  CHECK(asked.why().code == errc::transaction_failed);
  CHECK_THROWS_WITH(std::rethrow_exception(asked.why().thrown), "mine");
  CHECK(on.count("unnamed ROLLBACK") == 1);
  CHECK(server->committed.empty());
}

TEST_CASE_METHOD(talk, "a function that returns while aborted has failed") {
  on.at_execute[2] = refusal("22012"); // the first is BEGIN
  CHECK_FALSE(run([](transaction& tx) { CHECK_THROWS_AS(tx.execute(write), failure); }));
  CHECK(asked.why().code == errc::transaction_failed);
  CHECK(on.count("unnamed COMMIT") == 0);
  CHECK_FALSE(on.in_transaction());
}

TEST_CASE_METHOD(talk, "a refused statement ends the function, which may be replayed on 40001") {
  const auto [code, kind] = GENERATE(std::pair{std::string{"40001"}, failure_class::transaction},
                                     std::pair{std::string{"23505"}, failure_class::permanent});
  on.at_execute[2] = refusal(code);
  const std::optional<attempt_failure> failed = run(write_once);
  REQUIRE(failed);
  CHECK(failed->kind == kind);
  CHECK(failed->why.sqlstate == code);
  CHECK(failed->why.statement == "write");
  CHECK(failed->why.attempts == 1);
  CHECK(asked.to->answers == 0);
  CHECK_FALSE(asked.what->sent());
  CHECK_FALSE(on.in_transaction());
}

TEST_CASE_METHOD(talk, "a loss before COMMIT is sent is without effect") {
  on.at_execute[2] = {mishap::lose_after, {}};
  const std::optional<attempt_failure> failed = run(write_once);
  REQUIRE(failed);
  CHECK(failed->why.code == errc::connection_lost);
  CHECK(failed->why.fate == fate::rolled_back);
  CHECK(failed->kind == failure_class::connection_fatal);
  CHECK(state.lost());
}

TEST_CASE_METHOD(talk, "a loss at COMMIT leaves the outcome unknown, unless nothing is written") {
  on.at_execute[3] = {GENERATE(mishap::lose_before, mishap::lose_after), {}};
  asked.what->options.read_only = GENERATE(false, true);
  const std::optional<attempt_failure> failed = run(write_once);
  REQUIRE(failed);
  const bool unknown = !asked.what->options.read_only;
  CHECK(failed->why.code == (unknown ? errc::outcome_unknown : errc::connection_lost));
  CHECK(failed->why.fate == (unknown ? fate::unknown : fate::rolled_back));
  CHECK(failed->kind == (unknown ? failure_class::in_doubt : failure_class::connection_fatal));
  CHECK(asked.what->sent() == unknown);
}

TEST_CASE_METHOD(talk, "what does not belong into a function is refused unsent") {
  parameters bad;
  bad.refuse("contains a NUL byte");
  const auto [bound, code] =
      GENERATE_COPY(std::pair{bound_statement{write, bad}, errc::bad_parameter},
                    std::pair{bind(statement{"end", "COMMIT"}), errc::not_allowed},
                    std::pair{bind(statement{"undo", "rollback work"}), errc::not_allowed},
                    std::pair{bind(statement{"copy", "COPY a TO STDOUT"}), errc::not_allowed});
  const std::optional<attempt_failure> failed =
      run([&b = bound](transaction& tx) { static_cast<void>(tx.execute(b)); });
  REQUIRE(failed);
  CHECK(failed->why.code == code);
  CHECK(failed->why.fate == fate::not_sent);
  CHECK(on.calls.empty());
}

TEST_CASE_METHOD(talk, "savepoints are the function's own business") {
  CHECK_FALSE(run([](transaction& tx) {
    static_cast<void>(tx.execute(statement{"save", "SAVEPOINT a"}));
    static_cast<void>(tx.execute(statement{"back", "ROLLBACK WORK TO a"}));
    static_cast<void>(tx.execute(statement{"done", "RELEASE a"}));
  }));
  CHECK(asked.to->last.why == nullptr);
}

TEST_CASE_METHOD(talk, "session state is refused behind a pooler only") {
  state.server.pooler = GENERATE(false, true);
  const auto failed = run([](transaction& tx) {
    static_cast<void>(tx.execute(statement{"set", "SET work_mem = '1MB'"}));
  });
  CHECK(failed.has_value() == state.server.pooler);
}

TEST_CASE_METHOD(talk, "what hangs is cancelled at the deadline, and nothing is sent after it") {
  asked = ask({}, request_kind::function, 300ms);
  on.at_execute[2] = {mishap::hang, {}};
  const std::optional<attempt_failure> failed = run([](transaction& tx) {
    CHECK_THROWS_AS(tx.execute(write), failure);
    static_cast<void>(tx.execute(read));
  });
  REQUIRE(failed);
  CHECK(failed->why.code == errc::deadline_exceeded);
  CHECK(on.count("prepare SELECT a") == 0);
  CHECK_FALSE(state.lost());
  CHECK_FALSE(on.in_transaction());
}

TEST_CASE_METHOD(talk, "on a lease a write with too large a result may still be committed") {
  const sent_request lease = ask({}, request_kind::lease);
  conversation plain{on, state, options, *lease.what};
  plain.begin({});
  on.at_sql["UPDATE a"].push_back({mishap::too_large, {}});
  try {
    static_cast<void>(plain.execute(write));
    FAIL("it succeeded");
  } catch (const failure& why) {
    CHECK(why.code() == errc::result_too_large);
    CHECK(why.why().fate == fate::unknown);
  }
  plain.command("COMMIT");
  CHECK(server->times("UPDATE a") == 1);
}

TEST_CASE_METHOD(talk, "outside a transaction a surprise is healed, and a lost write is in doubt") {
  const sent_request lease = ask({}, request_kind::lease);
  conversation plain{on, state, options, *lease.what};
  static_cast<void>(plain.execute(write));
  server->prepared.clear();
  static_cast<void>(plain.execute(write));
  CHECK(state.healed == heal_counts{0, 1, 0});
  CHECK(server->times("UPDATE a") == 2);
  on.at_execute[3] = {mishap::lose_after, {}};
  try {
    static_cast<void>(plain.execute(write));
    FAIL("it succeeded");
  } catch (const failure& why) {
    CHECK(why.code() == errc::outcome_unknown);
    CHECK(why.why().fate == fate::unknown);
  }
}
