// The whole of a runtime at one moment: its tree, its databases, whether it is ready.
#pragma once

#include "actors/database_core.hpp"
#include "actors/reload_board.hpp"
#include "actors/tree_board.hpp"

#include <freehold/config.hpp>
#include <freehold/supervision.hpp>

#include <atomic>
#include <chrono>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

namespace freehold {

/// From any thread that may block.
class snapshot_taker {
public:
  snapshot_taker(const config& options, caf::actor_system& system,
                 std::vector<std::shared_ptr<database_core>> databases,
                 std::shared_ptr<tree_board> board, std::shared_ptr<reload_board> reloads,
                 std::shared_ptr<first_answer> first);

  /// Waits for the supervisors, all of them together, for that long.
  [[nodiscard]] runtime_snapshot take(std::chrono::milliseconds patience) const;
  /// The configuration gave the service another name.
  void rename(const std::string& service);
  /// From now on it is not ready.
  void stopping() noexcept { stopping_.store(true, std::memory_order_release); }

private:
  [[nodiscard]] std::vector<database_snapshot> ask(std::chrono::milliseconds patience) const;

  caf::actor_system& system_;
  std::vector<std::shared_ptr<database_core>> databases_;
  std::shared_ptr<tree_board> board_;
  std::shared_ptr<reload_board> reloads_;
  std::shared_ptr<first_answer> first_;
  mutable std::mutex guard_;
  std::string service_; // with the lock held
  std::string profile_;
  std::string host_;
  std::chrono::system_clock::time_point started_ = std::chrono::system_clock::now();
  std::chrono::steady_clock::time_point begun_ = std::chrono::steady_clock::now();
  std::atomic<bool> stopping_{false};
};

/// What keeps it from serving requests; empty: nothing does.
[[nodiscard]] std::string why_not_ready(const runtime_snapshot& seen, bool stopping);

} // namespace freehold
