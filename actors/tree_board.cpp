#include "actors/tree_board.hpp"

#include <utility>

namespace freehold {

std::string_view to_string(child_state value) noexcept {
  switch (value) {
  case child_state::starting:
    return "starting";
  case child_state::running:
    return "running";
  case child_state::restarting:
    return "restarting";
  case child_state::stopping:
    return "stopping";
  case child_state::stopped:
    return "stopped";
  case child_state::failed:
    return "failed";
  }
  return "";
}

void tree_board::set_state(child_snapshot& node, child_state state) {
  const std::lock_guard lock{guard_};
  if (node.state == state)
    return;
  node.state = state;
  node.since = std::chrono::system_clock::now();
}

void tree_board::set_reason(child_snapshot& node, std::string reason) {
  const std::lock_guard lock{guard_};
  node.last_reason = std::move(reason);
}

void tree_board::count_restart(child_snapshot& node) {
  const std::lock_guard lock{guard_};
  ++node.restarts_total;
}

void tree_board::set_failure(std::string why) {
  const std::lock_guard lock{guard_};
  shown_.failure = std::move(why);
}

runtime_snapshot tree_board::snapshot() const {
  const std::lock_guard lock{guard_};
  return shown_;
}

child_state tree_board::state_of(const child_snapshot& node) const {
  const std::lock_guard lock{guard_};
  return node.state;
}

void tree_board::leave_behind() {
  const std::lock_guard lock{guard_};
  left_somebody_ = true;
}

bool tree_board::left_somebody() const {
  const std::lock_guard lock{guard_};
  return left_somebody_;
}

} // namespace freehold
