#include "actors/lent_thread.hpp"

#include "tests/support/catch.hpp"

#include <caf/actor_system.hpp>
#include <caf/actor_system_config.hpp>
#include <caf/event_based_actor.hpp>
#include <caf/send.hpp>

#include <cstdint>
#include <functional>
#include <future>
#include <thread>
#include <vector>

namespace {

struct note {
  std::function<void(int)> run;
  int number = 0;
};

} // namespace
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(note)

using namespace freehold;

namespace {

caf::behavior noting(caf::event_based_actor*) {
  return {[](const note& what) { what.run(what.number); }};
}

struct one_actor {
  caf::actor_system_config options;
  caf::actor_system system{options};
  lent_threads lent;
  caf::actor actor = system.spawn(noting);

  one_actor() {
    // Its first run is the scheduler's.
    std::promise<void> begun;
    send_and_run(actor, lent, note{[&](int) { begun.set_value(); }});
    begun.get_future().wait();
  }
  ~one_actor() { caf::anon_send_exit(actor, caf::exit_reason::user_shutdown); }
};

} // namespace

TEST_CASE("an actor at rest runs on the thread that sends to it, before the call returns") {
  one_actor on;
  std::thread::id ran_on;
  // It may still be on its way to rest: then its scheduler runs the message, once.
  for (int tries = 0; tries < 1000 && ran_on != std::this_thread::get_id(); ++tries) {
    std::promise<std::thread::id> told;
    send_and_run(on.actor, on.lent, note{[&](int) { told.set_value(std::this_thread::get_id()); }});
    ran_on = told.get_future().get();
  }
  CHECK(ran_on == std::this_thread::get_id());
  on.lent.await_none();
}

TEST_CASE("an actor that runs already takes the message there, and the sender does not wait") {
  one_actor on;
  std::promise<void> inside;
  std::promise<void> go_on;
  std::thread first{[&] {
    send_and_run(on.actor, on.lent, note{[&](int) {
                   inside.set_value();
                   go_on.get_future().wait();
                 }});
  }};
  inside.get_future().wait();
  std::promise<std::thread::id> second;
  send_and_run(on.actor, on.lent, note{[&](int) { second.set_value(std::this_thread::get_id()); }});
  go_on.set_value(); // not reached if the call above had waited
  CHECK(second.get_future().get() != std::this_thread::get_id());
  first.join();
  on.lent.await_none();
}

TEST_CASE("many threads send to one actor, and it handles each message once, one at a time") {
  one_actor on;
  constexpr int senders = 4;
  constexpr int each = 5000;
  int handled = 0; // unguarded: the actor is the guard
  std::int64_t sum = 0;
  std::promise<void> done;
  const auto count = [&](int number) {
    sum += number;
    if (++handled == senders * each)
      done.set_value();
  };
  std::vector<std::thread> threads;
  for (int t = 0; t < senders; ++t) {
    threads.emplace_back([&] {
      for (int i = 1; i <= each; ++i)
        send_and_run(on.actor, on.lent, note{count, i});
    });
  }
  for (std::thread& t : threads)
    t.join();
  done.get_future().wait();
  CHECK(handled == senders * each);
  CHECK(sum == std::int64_t{senders} * each * (each + 1) / 2);
  on.lent.await_none();
}
