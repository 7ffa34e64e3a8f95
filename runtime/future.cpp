#include <freehold/future.hpp>

#include "runtime/brief_wait.hpp"

#include <pthread.h>

#include <string_view>

namespace freehold {

namespace {

#ifndef NDEBUG
// CAF names the threads of its scheduler so; a detached actor's is "caf.actor".
bool on_a_scheduler_thread() noexcept {
  char name[16] = {};
  return pthread_getname_np(pthread_self(), name, sizeof name) == 0 &&
         std::string_view{name} == "caf.multiplexer";
}
#endif

} // namespace

receiver::~receiver() = default;

void waiting_receiver::receive(outcome&& answer) noexcept {
  {
    const std::lock_guard lock{mutex_};
    answer_ = std::move(answer);
    answered_.store(true, std::memory_order_release);
  }
  arrived_.notify_one();
}

bool waiting_receiver::ready() const {
  const std::lock_guard lock{mutex_};
  return answer_.has_value();
}

bool waiting_receiver::wait_for(std::chrono::nanoseconds time) const {
  std::unique_lock lock{mutex_};
  return arrived_.wait_for(lock, time, [this] { return answer_.has_value(); });
}

void waiting_receiver::wait_briefly() const {
  constexpr std::chrono::microseconds longest{100}; // a quick statement's, over loopback
  // What this thread found out about waiting; nothing of a runtime or a request.
  static thread_local brief_wait habit;
  habit.until([this] { return answered_.load(std::memory_order_acquire); }, longest);
}

outcome waiting_receiver::take() {
  std::unique_lock lock{mutex_};
#ifndef NDEBUG
  if (!answer_ && on_a_scheduler_thread()) {
    error why;
    why.code = errc::would_block;
    why.message = "get() would block a scheduler thread of the actor system; request the "
                  "statement from database::actor() and use then() instead";
    throw failure{std::move(why)};
  }
#endif
  if (!answer_) {
    lock.unlock();
    wait_briefly();
    lock.lock();
  }
  arrived_.wait(lock, [this] { return answer_.has_value(); });
  return std::move(*answer_);
}

} // namespace freehold
