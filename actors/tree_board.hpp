// Where supervisors note the state of their children for whoever looks.
#pragma once

#include <freehold/supervision.hpp>

#include <mutex>
#include <string>

namespace freehold {

/// The tree as a value behind a lock, so that it can be read whatever the actors
/// are doing, and when they are gone. Its shape is fixed before the first actor
/// runs: a node of it is then written through a reference by one supervisor.
class tree_board {
public:
  explicit tree_board(child_snapshot root) { shown_.tree = std::move(root); }
  tree_board(const tree_board&) = delete;
  tree_board& operator=(const tree_board&) = delete;

  [[nodiscard]] child_snapshot& root() noexcept { return shown_.tree; }
  void set_state(child_snapshot& node, child_state state);
  void set_reason(child_snapshot& node, std::string reason);
  void count_restart(child_snapshot& node);
  void set_failure(std::string why);
  [[nodiscard]] runtime_snapshot snapshot() const;
  [[nodiscard]] child_state state_of(const child_snapshot& node) const;

  /// An actor that did not even end when it was killed: somebody's code keeps its thread.
  void leave_behind();
  [[nodiscard]] bool left_somebody() const;

private:
  mutable std::mutex guard_;
  runtime_snapshot shown_;
  bool left_somebody_ = false;
};

} // namespace freehold
