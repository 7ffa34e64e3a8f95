#include "actors/snapshot_taker.hpp"

#include <caf/actor_system.hpp>
#include <caf/scoped_actor.hpp>
#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <utility>

namespace freehold {

namespace {

std::string host_name() {
  std::array<char, 256> name{};
  return gethostname(name.data(), name.size() - 1) == 0 ? name.data() : "";
}

// What keeps one database from being used.
std::string why_not_ready(const database_snapshot& seen) {
  if (!seen.problem.empty())
    return seen.problem;
  if (seen.circuit.state == circuit_state::open || seen.circuit.state == circuit_state::half_open)
    return fmt::format("its circuit is {}: {}", to_string(seen.circuit.state),
                       seen.circuit.forced == circuit_override::open ? "opened by hand"
                                                                     : seen.circuit.cause);
  if (seen.idle + seen.busy + seen.exclusive + seen.leased > 0)
    return {};
  if (!seen.last_connect_error.empty())
    return "it has no session: " + seen.last_connect_error;
  // None is kept, and nothing says that one could not be opened. To wait for a session here would
  // be to wait for requests, which a service that is not ready does not get.
  if (seen.min_connections == 0)
    return {};
  return "it has no session yet";
}

} // namespace

std::string why_not_ready(const runtime_snapshot& seen, bool stopping) {
  if (!seen.failure.empty())
    return "the supervision tree has failed: " + seen.failure;
  if (stopping)
    return "the runtime is stopping";
  std::string all;
  for (const database_snapshot& each : seen.databases) {
    const std::string why = why_not_ready(each);
    if (!why.empty())
      all += fmt::format("{}database \"{}\": {}", all.empty() ? "" : "; ", each.name, why);
  }
  return all;
}

snapshot_taker::snapshot_taker(const config& options, caf::actor_system& system,
                               std::vector<std::shared_ptr<database_core>> databases,
                               std::shared_ptr<tree_board> board,
                               std::shared_ptr<reload_board> reloads,
                               std::shared_ptr<first_answer> first)
    : system_{system}, databases_{std::move(databases)}, board_{std::move(board)},
      reloads_{std::move(reloads)}, first_{std::move(first)}, service_{options.runtime.service},
      profile_{options.profile}, host_{host_name()} {}

runtime_snapshot snapshot_taker::take(std::chrono::milliseconds patience) const {
  std::vector<database_snapshot> databases = ask(patience);
  runtime_snapshot made = board_->snapshot();
  made.databases = std::move(databases);
  made.reload = reloads_->snapshot();
  made.first_answer = first_->took();
  {
    const std::lock_guard lock{guard_};
    made.service = service_;
  }
  made.version = FREEHOLD_VERSION;
  made.profile = profile_;
  made.pid = getpid();
  made.host = host_;
  made.time = std::chrono::system_clock::now();
  made.started = started_;
  made.uptime = std::chrono::duration_cast<std::chrono::milliseconds>(
      std::chrono::steady_clock::now() - begun_);
  made.not_ready_because = why_not_ready(made, stopping_.load(std::memory_order_acquire));
  made.ready = made.not_ready_because.empty();
  return made;
}

void snapshot_taker::rename(const std::string& service) {
  const std::lock_guard lock{guard_};
  service_ = service;
}

// All questions are on their way before the first answer is waited for, and the time of each runs
// from there: one that does not answer takes no time from the others.
std::vector<database_snapshot> snapshot_taker::ask(std::chrono::milliseconds patience) const {
  std::vector<database_snapshot> shown(databases_.size());
  caf::scoped_actor self{system_};
  using asked =
      decltype(self->request(std::declval<const supervisor_actor&>(), patience, ask_snapshot{}));
  std::vector<std::pair<std::size_t, asked>> pending;
  for (std::size_t i = 0; i < databases_.size(); ++i) {
    const database_core& core = *databases_[i];
    shown[i].name = core.context->options.name;
    shown[i].problem = core.refusal();
    if (shown[i].problem.empty())
      pending.emplace_back(i, self->request(core.supervisor(), patience, ask_snapshot{}));
  }
  for (auto& [i, answer] : pending) {
    database_snapshot& here = shown[i];
    answer.receive([&](database_snapshot& found) { here = std::move(found); },
                   [&](const caf::error& why) {
                     here.problem = why == caf::sec::request_timeout
                                        ? fmt::format("its supervisor did not answer within {} ms",
                                                      patience.count())
                                        : "its supervisor is not running: " + system_.render(why);
                   });
  }
  return shown;
}

} // namespace freehold
