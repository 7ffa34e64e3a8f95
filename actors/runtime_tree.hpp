// The supervision tree of a runtime, from its configuration.
#pragma once

#include "actors/database_core.hpp"
#include "actors/supervision_tree.hpp"

#include <freehold/runtime.hpp>

#include <memory>
#include <string>
#include <vector>

namespace freehold {

/// What a database needs to give up what did not finish, after `runtime.drain_timeout`.
inline constexpr std::chrono::milliseconds time_to_close{5'000};

/// The children that code brings, each replaced by the configuration's of that
/// name; then those that only the configuration has.
[[nodiscard]] std::vector<child_options> merged(std::vector<child_options> from_code,
                                                std::vector<child_options> from_config);

/// Throws `config_error` that names every actor without a factory.
void check_factories(const std::vector<child_options>& children,
                     const std::map<std::string, actor_factory, std::less<>>& factories);

/// The tree before anything of it runs.
[[nodiscard]] child_snapshot outline(const config& options);

/// What the root is made of. `shown` is the outline, at its final place; `on` is
/// what factories are given.
class tree_builder {
public:
  tree_builder(caf::actor_system& system, tree_context context, const embedding& with,
               const runtime& on)
      : system_{system}, context_{std::move(context)}, with_{with}, on_{on} {}

  [[nodiscard]] supervisor_specification
  root(const config& options, const std::vector<std::shared_ptr<database_core>>& databases,
       child_snapshot& shown) const;

private:
  [[nodiscard]] child_specification database(const std::shared_ptr<database_core>& core,
                                             std::vector<std::shared_ptr<database_core>> all) const;
  [[nodiscard]] child_specification child(const child_options& what, const std::string& parent,
                                          const std::string& key, child_snapshot& shown) const;

  caf::actor_system& system_;
  tree_context context_;
  const embedding& with_;
  const runtime& on_;
};

} // namespace freehold
