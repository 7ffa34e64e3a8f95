// A supervisor of any actors: one node of the supervision tree.
#pragma once

#include "actors/tree_board.hpp"
#include "runtime/event_log.hpp"
#include "runtime/supervision_plan.hpp"

#include <freehold/config.hpp>

#include <caf/allowed_unsafe_message_type.hpp>
#include <caf/replies_to.hpp>
#include <caf/stateful_actor.hpp>
#include <caf/typed_actor.hpp>
#include <caf/typed_event_based_actor.hpp>

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace freehold {

/// To itself: take the next steps.
struct proceed {};
/// To itself: the child should have ended by now.
struct child_late {
  std::size_t child;
  std::uint64_t start; ///< which of its starts
  bool killed;         ///< already
};

/// From whoever made it: other limits from now on. `shutdown` is of those children
/// that are asked to end in a way of their own, the databases.
struct adjust_tree {
  std::size_t restarts;
  std::chrono::milliseconds period;
  std::chrono::milliseconds shutdown;
};

/// A tree supervisor. It is stopped by an exit message, and ends when its
/// children have; with an error if it gave up.
using tree_actor = caf::typed_actor<caf::reacts_to<proceed>, caf::reacts_to<child_late>,
                                    caf::reacts_to<adjust_tree>>;

/// A child as its supervisor needs it.
struct child_specification {
  std::string name;
  restart_policy restart = restart_policy::permanent;
  std::chrono::milliseconds shutdown{5'000}; ///< 0: killed at once
  std::function<caf::actor()> start;         ///< may throw
  /// Asks it to end; empty: an exit message does.
  std::function<void(const caf::actor&)> stop;
};

struct supervisor_specification {
  std::string path; ///< "runtime", "runtime/search": how the log names it
  restart_strategy strategy = restart_strategy::one_for_one;
  std::size_t restarts = 5;
  std::chrono::milliseconds period{30'000};
  std::string setting; ///< where `restarts` and `period` are set, for messages
  std::vector<child_specification> children;
  /// When it gives up, before it stops its children. Empty: its parent learns of it.
  std::function<void(const std::string& why)> on_failure;
};

struct tree_context {
  event_log log;
  std::shared_ptr<tree_board> board;
};

/// How long an actor that was killed may take to end.
inline constexpr std::chrono::milliseconds kill_grace{1'000};

/// The longest that stopping such children can take.
[[nodiscard]] std::chrono::milliseconds
shutdown_time(const std::vector<child_specification>& children);

/// A reason in words.
[[nodiscard]] std::string describe_reason(const caf::actor_system& system, const caf::error& why);

/// Carries out what its `supervision_plan` decides. `shown` is its node on the
/// board, whose children are its own in the same order.
class tree_supervisor {
public:
  using self_pointer = tree_actor::stateful_pointer<tree_supervisor>;
  using time_point = std::chrono::steady_clock::time_point;
  static constexpr const char* name = "freehold.tree";

  explicit tree_supervisor(self_pointer self) : self_{self} {}
  tree_supervisor(const tree_supervisor&) = delete;
  tree_supervisor& operator=(const tree_supervisor&) = delete;
  ~tree_supervisor();
  tree_actor::behavior_type make_behavior(tree_context context, supervisor_specification what,
                                          child_snapshot* shown);

private:
  struct member {
    caf::actor handle; // null: it does not run
    std::uint64_t starts = 0;
    time_point started{};
  };

  void adjust(const adjust_tree& to);
  void take_steps();
  /// Whether it started.
  bool start(std::size_t child);
  void stop(std::size_t child);
  void on_down(const caf::down_msg& down);
  void on_late(const child_late& late);
  void on_end(std::size_t child, const caf::error& reason);
  void follow(std::size_t child, consequence what, const std::string& reason);
  void note_siblings(std::size_t but, const std::string& because);
  void give_up(std::size_t child, const std::string& reason);
  void finish();

  [[nodiscard]] std::string path(std::size_t child) const;
  [[nodiscard]] child_snapshot& shown(std::size_t child) { return shown_->children.at(child); }
  [[nodiscard]] time_point now() const { return self_->clock().now(); }

  self_pointer self_;
  tree_context context_;
  supervisor_specification what_;
  child_snapshot* shown_ = nullptr;
  std::optional<supervision_plan> plan_;
  std::vector<member> members_;
  std::string failure_; // why it gave up
};

tree_actor::behavior_type supervision_tree(tree_supervisor::self_pointer self, tree_context context,
                                           supervisor_specification what, child_snapshot* shown);

} // namespace freehold

CAF_ALLOW_UNSAFE_MESSAGE_TYPE(freehold::proceed)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(freehold::child_late)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(freehold::adjust_tree)
