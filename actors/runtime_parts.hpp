// What a runtime consists of; shared by the files that implement it.
#pragma once

#include "actors/admin.hpp"
#include "actors/config_watch.hpp"
#include "actors/log_keeper.hpp"
#include "actors/reconfiguration.hpp"
#include "actors/runtime_tree.hpp"
#include "actors/snapshot_taker.hpp"
#include "runtime/service_log.hpp"

#include <freehold/runtime.hpp>

#include <caf/actor_system.hpp>
#include <caf/actor_system_config.hpp>

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace freehold {

struct own_config : caf::actor_system_config {
  explicit own_config(std::size_t threads) {
    set("scheduler.policy", caf::atom("sharing"));
    if (threads > 0)
      set("scheduler.max-threads", threads);
  }
};

struct runtime::parts {
  config options;
  std::unique_ptr<own_config> system_config;
  std::unique_ptr<caf::actor_system> own_system;
  caf::actor_system* system = nullptr;
  std::optional<service_log> logs;
  event_log log;
  log_keeper_actor keeper;
  std::shared_ptr<first_answer> first =
      std::make_shared<first_answer>(std::chrono::steady_clock::now());
  std::shared_ptr<tree_board> board;
  std::map<std::string, std::shared_ptr<database_core>, std::less<>> databases;
  std::unique_ptr<snapshot_taker> taker;
  std::unique_ptr<admin> endpoint; // null: it is off
  tree_actor root;
  std::shared_ptr<reload_board> reloads = std::make_shared<reload_board>();
  std::shared_ptr<interrupter> trial = std::make_shared<interrupter>();
  configuration_actor configuration;
  std::unique_ptr<config_watch> watch;
  std::chrono::milliseconds time_to_stop{0};
  bool stopped = false;

  [[nodiscard]] std::vector<std::shared_ptr<database_core>> open_databases();
  void plant(const embedding& with, const runtime& on);
  void begin_to_watch(const embedding& with);
  template <class Message>
  reload_report change(Message&& how);
  void end_to_watch();
  [[nodiscard]] std::chrono::milliseconds drains_longer() const;
  [[nodiscard]] bool stop_tree();
  void close_log();
};

} // namespace freehold
