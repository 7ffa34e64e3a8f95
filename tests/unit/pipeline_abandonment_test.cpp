// A pipeline and requests that nobody waits for any more.
#include "tests/support/batch.hpp"

using namespace freehold;
using namespace freehold::testing;

namespace {

struct abandoning : bench {
  // From the first reply on nobody waits for it.
  void drop_meanwhile(const sent_request& one) {
    on.before_reply = [to = one.to] { to->dropped = true; };
  }
};

} // namespace

TEST_CASE_METHOD(abandoning, "a statement that hangs and is not waited for is cancelled") {
  on.at_sql["UPDATE a"].push_back({mishap::hang, {}});
  const std::vector<sent_request> all{ask({freehold::bind(write_a)}),
                                      ask({freehold::bind(write_b)})};
  drop_meanwhile(all[0]);
  CHECK(run(all).empty());
  CHECK(on.count("cancel") == 1);
  CHECK(server->times("UPDATE a") == 0);
  CHECK(all[1].echo() == "UPDATE b");
  CHECK_FALSE(state.lost());
}

TEST_CASE_METHOD(abandoning, "one that is waited for is not") {
  on.at_sql["UPDATE a"].push_back({mishap::hang, {}});
  const std::vector<sent_request> all{
      ask({freehold::bind(write_a)}, request_kind::execute, std::chrono::milliseconds{100}),
      ask({freehold::bind(write_b)})};
  drop_meanwhile(all[1]);
  CHECK(run(all).empty());
  CHECK(all[0].why().code == errc::deadline_exceeded);
  CHECK(on.count("cancel") == 1); // at its deadline
}

TEST_CASE_METHOD(abandoning, "a read hit in place of its abandoned neighbour runs again") {
  on.at_sql["SELECT a"].push_back({mishap::hang, {}}); // the one that runs is wanted
  const std::vector<sent_request> all{ask({freehold::bind(read_a)}), ask({freehold::bind(read_b)})};
  drop_meanwhile(all[1]);
  CHECK(run(all).empty());
  CHECK(all[0].echo() == "SELECT a");
  CHECK(server->times("SELECT b") == 0);
  CHECK(on.count("cancel") == 1);
}

TEST_CASE_METHOD(abandoning, "it is hit once, however many around it are given up") {
  for (int i = 0; i < 3; ++i)
    on.at_sql["SELECT a"].push_back({mishap::hang, {}});
  const std::vector<sent_request> all{
      ask({freehold::bind(read_a)}, request_kind::execute, std::chrono::milliseconds{200}),
      ask({freehold::bind(read_b, 1)}), ask({freehold::bind(read_b, 2)})};
  on.before_reply = [&] {
    all[1].to->dropped = true;
    all[2].to->dropped = on.count("sync") > 1; // the others are under way again
  };
  CHECK(run(all).empty());
  CHECK(all[0].why().code == errc::deadline_exceeded);
  CHECK(on.count("cancel") == 2); // for the first that was given up, and at the deadline
}

TEST_CASE_METHOD(abandoning, "what is given up before it is sent is not sent") {
  const std::vector<sent_request> all{ask({freehold::bind(write_a)}),
                                      ask({freehold::bind(write_b)})};
  all[0].to->dropped = true;
  CHECK(run(all).empty());
  CHECK(on.count("prepare UPDATE a") == 0);
  CHECK(server->times("UPDATE b") == 1);
}

TEST_CASE_METHOD(abandoning, "a function is cancelled, rolled back, and does not go on") {
  on.at_sql["UPDATE a"].push_back({mishap::hang, {}});
  const sent_request one = ask({}, request_kind::function);
  bool went_on = false;
  one.what->body = [&](transaction& tx) {
    tx.execute(write_a);
    went_on = true;
    return std::any{};
  };
  drop_meanwhile(one);
  static_cast<void>(run_function(on, state, options, one.what));
  CHECK_FALSE(went_on);
  CHECK(on.count("cancel") == 1);
  CHECK(on.count("unnamed ROLLBACK") == 1);
  CHECK(server->committed.empty());
  CHECK_FALSE(state.lost());
}

TEST_CASE_METHOD(abandoning, "a function that is given up between statements is rolled back") {
  const sent_request one = ask({}, request_kind::function);
  one.what->body = [&](transaction& tx) {
    tx.execute(write_a);
    one.to->dropped = true;
    return std::any{};
  };
  static_cast<void>(run_function(on, state, options, one.what));
  CHECK(on.count("unnamed COMMIT") == 0);
  CHECK(on.count("unnamed ROLLBACK") == 1);
  CHECK(server->committed.empty());
}

TEST_CASE_METHOD(abandoning, "a COMMIT under way is not taken back") {
  const sent_request one = ask({}, request_kind::function);
  one.what->body = [&](transaction& tx) {
    tx.execute(write_a);
    on.before_reply = [&] { one.to->dropped = true; };
    return std::any{};
  };
  static_cast<void>(run_function(on, state, options, one.what));
  CHECK(on.count("cancel") == 0);
  CHECK(server->times("UPDATE a") == 1);
}
