// The load of all scenarios: writers that note every answer.
#pragma once

#include "tests/chaos/ledger.hpp"

#include <atomic>
#include <chrono>
#include <map>
#include <memory>
#include <string>
#include <thread>
#include <vector>

namespace chaos {

using clock = std::chrono::steady_clock;

struct writing {
  std::size_t writers = 64;
  /// Each request's deadline is drawn from between these.
  std::chrono::milliseconds shortest{2'000};
  std::chrono::milliseconds longest{2'000};
  std::uint64_t seed = 1;
};

/// Everything that the writers were told.
struct written {
  std::vector<answer> log;
  std::vector<answer> transfers;
  std::uint64_t requests = 0;
  std::uint64_t reads = 0;
  std::uint64_t wrong_sums = 0;                  ///< reads that saw half a transfer
  std::uint64_t unanswered = 0;                  ///< 5 s after their deadline
  std::uint64_t twice = 0;                       ///< callbacks that were called again
  std::map<std::string, std::uint64_t> failures; ///< by code, SQLSTATE and fate
  std::map<std::string, std::string> examples;   ///< the text of one of each
  /// The latest answer, measured from its own deadline; negative: before it.
  clock::duration worst_overshoot = clock::duration::min();
  std::string worst_code; ///< what that one was told
  /// By how much this machine was late to wake a thread, at worst.
  clock::duration machine_lateness{0};
};

/// Each writer is a thread with one request at a time under way: appends,
/// transfers as a script and as a transaction function, and sums of all
/// accounts. Half of them use futures and half callbacks. A refused writer
/// pauses before the next request, as a service would.
class writers {
public:
  writers(fh::database on, const writing& how);
  writers(const writers&) = delete;
  writers& operator=(const writers&) = delete;
  ~writers();

  [[nodiscard]] std::uint64_t acknowledged() const noexcept { return acknowledged_; }
  [[nodiscard]] std::uint64_t answered() const noexcept { return answered_; }
  /// Asks nothing more, waits for the answers under way, and counts. Once.
  [[nodiscard]] written finish();

private:
  struct writer;
  void work(writer& who);
  void watch_machine();
  void note(writer& who, std::int64_t id, const fh::error_ptr& why, clock::duration overshoot);
  [[nodiscard]] fh::error_ptr ask(writer& who, std::int64_t id, std::chrono::milliseconds time);
  template <class Begin>
  [[nodiscard]] fh::outcome await_call(writer& who, std::chrono::milliseconds time,
                                       const Begin& begin);

  const fh::database on_;
  const writing how_;
  const ledger books_;
  std::atomic<bool> stopping_{false};
  std::atomic<std::uint64_t> acknowledged_{0};
  std::atomic<std::uint64_t> answered_{0};
  clock::duration machine_lateness_{0};
  std::vector<std::unique_ptr<writer>> all_;
  std::vector<std::thread> threads_;
};

} // namespace chaos
