// Changing the configuration of a runtime that serves: validated, tried, and only then
// put in force.
#pragma once

#include "actors/database_core.hpp"
#include "actors/reload_board.hpp"
#include "actors/supervision_tree.hpp"

#include <freehold/runtime.hpp>

#include <caf/stateful_actor.hpp>
#include <caf/typed_event_based_actor.hpp>

#include <functional>
#include <memory>
#include <vector>

namespace freehold {

/// What a change of the configuration reaches.
struct reload_scope {
  config now;
  std::optional<config_source> source;
  std::vector<child_options> children_from_code;
  std::map<std::string, actor_factory, std::less<>> factories;
  std::vector<std::shared_ptr<database_core>> databases;
  tree_actor root;
  event_log log;
  std::function<void(const runtime_options&)> apply_to_process;
  std::shared_ptr<reload_board> board;
  std::shared_ptr<interrupter> trial; ///< severed to give up a connection that is tried
  std::function<std::string(const std::string& service, const std::string& database)> session_name;
};

/// Has a thread of its own, for it connects. One change after the other, in the order they
/// were asked for; each is answered, whatever becomes of it.
class reconfigurer {
public:
  using self_pointer = configuration_actor::stateful_pointer<reconfigurer>;
  static constexpr const char* name = "freehold.configuration";

  explicit reconfigurer(self_pointer self) : self_{self} {}
  configuration_actor::behavior_type make_behavior(reload_scope scope);

private:
  reload_report change(const std::string& trigger, const std::function<config()>& read);
  void try_and_apply(config next, reload_report& report);
  void try_connections(const config& next) const;
  void apply(const config& next, const std::vector<std::string>& renewed);
  void tell(const reload_report& how) const;

  self_pointer self_;
  reload_scope scope_;
};

configuration_actor::behavior_type reconfiguration(reconfigurer::self_pointer self,
                                                   reload_scope scope);

} // namespace freehold
