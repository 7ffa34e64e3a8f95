// What may have taken effect is not called a success, and not without effect.

#include "tests/support/batch.hpp"

#include <algorithm>

using namespace freehold;
using namespace freehold::testing;

namespace {

const statement reading{"read", "SELECT a", read_only};
const statement writing{"write", "UPDATE b"};

} // namespace

TEST_CASE("after an attempt in doubt no failure says that there was no effect") {
  const sent_request one = ask({bind(writing)});
  one.what->mark_doubtful();
  one.what->fail(errc::connection_lost, "the next attempt was not sent", fate::not_sent);
  CHECK(one.why().code == errc::outcome_unknown);
  CHECK(one.why().fate == fate::unknown);
  CHECK(one.why().message.find("an earlier attempt may have taken effect") != std::string::npos);
}

TEST_CASE("after an attempt in doubt the code still says what became of the last one") {
  const sent_request one = ask({bind(statement{"set", "UPDATE b", idempotent})});
  one.what->mark_doubtful();
  one.what->fail(errc::connect_failed, "the server is away", fate::not_sent);
  CHECK(one.why().code == errc::connect_failed);
  CHECK(one.why().fate == fate::unknown);
}

TEST_CASE_METHOD(bench, "a write that no standby confirmed is not a success; its neighbours are") {
  on.at_sync[2] = {mishap::unconfirmed, {}};
  const sent_request before = ask({bind(writing)});
  const sent_request doubtful = ask({bind(writing)});
  const sent_request after = ask({bind(writing)});
  CHECK(run({before, doubtful, after}).empty());
  CHECK(before.echo() == "UPDATE b");
  CHECK(doubtful.why().code == errc::outcome_unknown);
  CHECK(doubtful.why().fate == fate::unknown);
  CHECK(after.echo() == "UPDATE b");
  CHECK_FALSE(state.lost());
}

TEST_CASE_METHOD(bench, "a script that no standby confirmed is not a success") {
  on.at_sync[1] = {mishap::unconfirmed, {}};
  const sent_request script = ask({bind(reading), bind(writing)}, request_kind::script);
  CHECK(run({script}).empty());
  CHECK(script.why().code == errc::outcome_unknown);
}

TEST_CASE_METHOD(bench, "reads do not wait for a standby and are answered") {
  on.at_sync[1] = {mishap::unconfirmed, {}};
  const sent_request one = ask({bind(reading)});
  CHECK(run({one}).empty());
  CHECK(one.echo() == "SELECT a");
}

TEST_CASE_METHOD(bench, "a transaction function that no standby confirmed is in doubt") {
  on.at_sync[2] = {mishap::unconfirmed, {}}; // the first is that of BEGIN and the statement
  const sent_request one = ask({}, request_kind::function);
  one.what->body = [](transaction& tx) {
    static_cast<void>(tx.execute(writing));
    return std::any{};
  };
  const std::optional<attempt_failure> failed = run_function(on, state, options, one.what);
  REQUIRE(failed);
  CHECK(failed->why.code == errc::outcome_unknown);
  CHECK(failed->why.fate == fate::unknown);
  CHECK(failed->kind == failure_class::in_doubt);
  CHECK(server->times("UPDATE b") == 1);
  CHECK_FALSE(state.lost());
}

namespace {

/// A future that is dropped before the first reply, and how long the session
/// would have waited at most before somebody looked.
struct dropped_future : bench {
  sent_request asked;
  std::chrono::steady_clock::duration longest{0};

  void drop(sent_request one) {
    asked = std::move(one);
    on.before_reply = [this] {
      asked.to->dropped = true;
      longest = std::max(longest, on.asked_until - std::chrono::steady_clock::now());
    };
  }
};

} // namespace

TEST_CASE_METHOD(dropped_future, "a dropped future cancels the running statement soon") {
  on.at_execute[1] = {mishap::hang, {}};
  drop(ask({bind(reading)}));
  static_cast<void>(run({asked}));
  CHECK(longest < 1s);
  CHECK(on.count("cancel") == 1);
  CHECK_FALSE(state.lost());
}

TEST_CASE_METHOD(dropped_future, "a dropped future cancels the running transaction function soon") {
  on.at_execute[2] = {mishap::hang, {}}; // the first is BEGIN
  drop(ask({}, request_kind::function));
  asked.what->body = [](transaction& tx) {
    static_cast<void>(tx.execute(reading));
    return std::any{};
  };
  static_cast<void>(run_function(on, state, options, asked.what));
  CHECK(longest < 1s);
  CHECK(on.count("cancel") == 1);
  CHECK_FALSE(state.lost());
}
