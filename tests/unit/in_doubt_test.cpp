// What may have taken effect is not called a success, and not without effect.

#include "tests/support/batch.hpp"

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
  const sent_request one = ask({bind(writing)});
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

TEST_CASE_METHOD(bench, "a dropped future cancels the running statement long before its deadline") {
  on.at_execute[1] = {mishap::hang, {}};
  const sent_request one = ask({bind(reading)});
  on.before_reply = [&one] { one.to->dropped = true; };
  const auto begun = std::chrono::steady_clock::now();
  static_cast<void>(run({one}));
  CHECK(std::chrono::steady_clock::now() - begun < 1s);
  CHECK(on.count("cancel") == 1);
  CHECK_FALSE(state.lost());
}

TEST_CASE_METHOD(bench, "a dropped future cancels the running transaction function") {
  on.at_execute[2] = {mishap::hang, {}}; // the first is BEGIN
  const sent_request one = ask({}, request_kind::function);
  one.what->body = [](transaction& tx) {
    static_cast<void>(tx.execute(reading));
    return std::any{};
  };
  on.before_reply = [&one] { one.to->dropped = true; };
  const auto begun = std::chrono::steady_clock::now();
  static_cast<void>(run_function(on, state, options, one.what));
  CHECK(std::chrono::steady_clock::now() - begun < 1s);
  CHECK(on.count("cancel") == 1);
  CHECK_FALSE(state.lost());
}
