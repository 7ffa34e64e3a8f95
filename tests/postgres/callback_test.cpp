// Requests with a completion callback: where it runs, and what it may do.

#include "tests/support/catch.hpp"
#include "tests/support/live_runtime.hpp"

#include <atomic>
#include <future>
#include <optional>
#include <thread>

using namespace freehold;
using namespace freehold::testing;

namespace {

const statement one = sql("SELECT $1::int", read_only);
const statement nap = sql("SELECT pg_sleep($1)", read_only);

// Asks `left` times, each time from the callback of the last.
void ask_again(const database& db, int left, std::atomic<int>& wrong, std::promise<void>& done) {
  db.execute(bind(one, left), [&db, left, &wrong, &done](outcome&& answer) {
    if (answer.why || std::get<result_set>(answer.value).scalar<int>() != left)
      ++wrong;
    if (left > 1)
      ask_again(db, left - 1, wrong, done);
    else
      done.set_value();
  });
}

} // namespace

TEST_CASE("callbacks that ask again are each answered once, with their own answer") {
  live_runtime home{sandbox_config("callbacks", "URL", 3)};
  constexpr int chains = 50;
  std::atomic<int> wrong{0};
  std::vector<std::promise<void>> done(chains);
  for (std::promise<void>& each : done)
    ask_again(home.db, 200, wrong, each);
  for (std::promise<void>& each : done)
    REQUIRE(each.get_future().wait_for(60s) == std::future_status::ready);
  CHECK(wrong == 0);
}

TEST_CASE("what a callback asks for does not wait for a slow statement of its own batch") {
  live_runtime home{sandbox_config("callback_slow", "URL", 2)};
  std::optional<lease> kept{home.db.lease().get()};      // one connection is left
  const statement committed = sql("SELECT $1::int + 0"); // has its own Sync: answered at once
  std::promise<void> begun;
  std::promise<void> another_rests;
  std::promise<std::chrono::steady_clock::time_point> asked_again;
  std::promise<std::chrono::steady_clock::time_point> slow;
  home.db.execute(bind(nap, 0.05), [&](outcome&&) { begun.set_value(); });
  // Both wait for the first, and then are one batch.
  home.db.execute(bind(committed, 1), [&](outcome&&) {
    another_rests.get_future().wait();
    home.db.execute(bind(one, 2),
                    [&](outcome&&) { asked_again.set_value(std::chrono::steady_clock::now()); });
  });
  home.db.execute(bind(nap, 1.5),
                  [&](outcome&&) { slow.set_value(std::chrono::steady_clock::now()); });
  begun.get_future().wait();
  kept.reset();
  const bool rests = eventually([&] { return home.db.snapshot().idle == 1; });
  another_rests.set_value();
  CHECK(rests);
  CHECK(slow.get_future().get() - asked_again.get_future().get() > 500ms);
}

TEST_CASE("a request that is refused at once has its callback called on another thread") {
  config made = sandbox_config("callback_thread", "URL", 1);
  made.databases.front().pool.queue_length = 1;
  live_runtime home{made};
  std::optional<lease> held{home.db.lease().get()};
  const future<result_set> fills_the_queue = home.db.execute(one, 1);
  // A requester may hold a lock here that its callback takes.
  std::promise<std::thread::id> called_on;
  home.db.execute(bind(one, 2), [&](outcome&& answer) {
    REQUIRE(answer.why);
    CHECK(answer.why->code == errc::queue_full);
    called_on.set_value(std::this_thread::get_id());
  });
  CHECK(called_on.get_future().get() != std::this_thread::get_id());
}

TEST_CASE("a script's results and a function's value come to their callbacks") {
  live_runtime home{sandbox_config("callback_kinds", "URL", 2)};
  std::promise<int> second;
  home.db.script({bind(one, 1), bind(one, 2)}, [&](outcome&& answer) {
    second.set_value(std::move(answer).take<std::vector<result_set>>().at(1).scalar<int>());
  });
  CHECK(second.get_future().get() == 2);

  std::promise<int> returned;
  home.db.transact([](transaction& tx) { return tx.execute(one, 3).scalar<int>(); },
                   [&](outcome&& answer) { returned.set_value(std::move(answer).take<int>()); });
  CHECK(returned.get_future().get() == 3);
}

TEST_CASE("what a function threw, its callback can throw again") {
  live_runtime home{sandbox_config("callback_throws", "URL", 2)};
  struct out_of_stock {};
  std::promise<bool> recognised;
  home.db.transact([](transaction&) { throw out_of_stock{}; },
                   [&](outcome&& answer) {
                     try {
                       std::move(answer).take<void>();
                       recognised.set_value(false);
                     } catch (const out_of_stock&) {
                       recognised.set_value(true);
                     }
                   });
  CHECK(recognised.get_future().get());
}
