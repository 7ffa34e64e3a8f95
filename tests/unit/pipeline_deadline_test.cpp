// A pipeline and time: what hangs, what is late, and who hears of it.

#include "tests/support/batch.hpp"

using namespace freehold;
using namespace freehold::testing;

TEST_CASE_METHOD(bench, "what hangs is cancelled, and its neighbours run") {
  on.at_sql["SELECT b"].push_back({mishap::hang, {}});
  const sent_request slow = ask({bind(read_b)}, request_kind::execute, 300ms);
  const sent_request before = ask_for(read_a);
  const sent_request after = ask_for(read_a);
  CHECK(run({before, slow, after}).empty());
  CHECK(slow.why().code == errc::deadline_exceeded);
  CHECK(before.echo() == "SELECT a");
  CHECK(after.echo() == "SELECT a");
  CHECK(on.count("cancel") == 1);
  CHECK_FALSE(state.lost());
}

TEST_CASE_METHOD(bench, "a server that is deaf to a cancellation loses the session") {
  options.cancel_grace = 100ms; // ends after the deadline
  on.at_execute[1] = {mishap::deaf, {}};
  const sent_request slow = ask({bind(write_a)}, request_kind::execute, 300ms);
  static_cast<void>(run({slow}));
  CHECK(slow.why().code == errc::deadline_exceeded);
  CHECK(slow.why().fate == fate::unknown);
  CHECK(state.lost());
}

TEST_CASE_METHOD(bench, "a server that keeps a batch waiting is reported once, however long") {
  int quiet = 0;
  on.at_execute[2] = {mishap::hang, {}};
  const sent_request first = ask({bind(read_a, 1)});
  const sent_request second = ask({bind(read_a, 2)}, request_kind::execute, 50ms);
  pipeline line{on, state, options, [&] {
                  ++quiet;
                  CHECK(first.to->answers == 1);
                  CHECK(second.to->answers == 0);
                }};
  CHECK(line.run({first.what, second.what}).empty());
  CHECK(second.why().code == errc::deadline_exceeded);
  CHECK(quiet == 1);
}

TEST_CASE_METHOD(bench, "it is reported again when a deadline's answer may have brought more") {
  options.cancel_grace = 100ms;
  on.at_execute[1] = {mishap::deaf, {}};
  const sent_request first = ask({bind(read_a)}, request_kind::execute, 300ms);
  const sent_request behind = ask({bind(read_b)}, request_kind::execute, 30ms);
  std::vector<int> answered;
  pipeline line{on, state, options, [&] { answered.push_back(behind.to->answers); }};
  CHECK(line.run({first.what, behind.what}).size() == 1);
  REQUIRE(answered.size() > 1);
  CHECK(answered.front() == 0);
  CHECK(answered.back() == 1);
}

TEST_CASE_METHOD(bench, "a server that answers at once is never reported as quiet") {
  int quiet = 0;
  const sent_request only = ask({bind(read_a, 1)});
  pipeline line{on, state, options, [&] { ++quiet; }};
  CHECK(line.run({only.what}).empty());
  CHECK(quiet == 0);
}
