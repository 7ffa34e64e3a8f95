// Running an actor on the thread that has work for it.
#pragma once

#include <caf/actor_cast.hpp>
#include <caf/actor_control_block.hpp>
#include <caf/execution_unit.hpp>
#include <caf/mailbox_element.hpp>
#include <caf/message_id.hpp>

#include <atomic>
#include <utility>

namespace freehold {

/// How many threads run an actor of ours without being the actor system's own:
/// the system does not wait for them when it ends, so we do.
class lent_threads {
public:
  void enter() noexcept { inside_.fetch_add(1, std::memory_order_relaxed); }
  void leave() noexcept {
    if (inside_.fetch_sub(1, std::memory_order_release) == 1)
      inside_.notify_all();
  }
  /// Blocks until there is none.
  void await_none() const noexcept {
    for (int now = inside_.load(std::memory_order_acquire); now != 0;
         now = inside_.load(std::memory_order_acquire))
      inside_.wait(now, std::memory_order_acquire);
  }

private:
  std::atomic<int> inside_{0};
};

namespace detail {

/// Keeps the actor that a message woke, instead of giving it to a scheduler.
class woken_actor final : public caf::execution_unit {
public:
  explicit woken_actor(lent_threads& count) noexcept : count_{count} {}
  void exec_later(caf::resumable* woken) override { woken_ = woken; }
  /// Runs it until it waits for messages again; after many it goes on on its scheduler.
  void run(caf::actor_system& system);

private:
  lent_threads& count_;
  caf::resumable* woken_ = nullptr;
};

} // namespace detail

/// Sends a message to a cooperatively scheduled actor and, if it is at rest,
/// runs it here and now. What a hand-over to a scheduler's thread costs (two
/// system calls and a wake-up, some 20 µs) is more than what our supervisor does
/// with a message. Whether it is at rest is decided by its mailbox, so it runs on
/// one thread at a time as always; if it runs elsewhere, the message just waits
/// for its turn. The actor must neither block nor call code of the service.
template <class Handle, class Message>
void send_and_run(const Handle& to, lent_threads& count, Message&& what) {
  caf::actor_control_block* const receiver = caf::actor_cast<caf::actor_control_block*>(to);
  detail::woken_actor unit{count};
  receiver->enqueue(
      caf::make_mailbox_element(nullptr, caf::make_message_id(), {}, std::forward<Message>(what)),
      &unit);
  unit.run(*receiver->home_system);
}

} // namespace freehold
