// A thread of ours in somebody else's process.
#pragma once

#include <pthread.h>

#include <csignal>
#include <thread>
#include <utility>

namespace freehold {

/// No signal is delivered to it: the service's signals are for its own threads. (A
/// thread inherits what its maker blocks.)
template <class F>
[[nodiscard]] std::thread quiet_thread(F run) {
  sigset_t all;
  sigset_t before;
  sigfillset(&all);
  pthread_sigmask(SIG_SETMASK, &all, &before);
  std::thread made{std::move(run)};
  pthread_sigmask(SIG_SETMASK, &before, nullptr);
  return made;
}

} // namespace freehold
