// Acts 1 to 3: the same traffic, from plain clients and from Freehold.

#include "examples/demo/acts.hpp"
#include "examples/demo/plain_clients.hpp"
#include "examples/demo/two_processes.hpp"

#include <algorithm>

namespace demo {
namespace {

constexpr int backends = 4; // of the pooler
constexpr int clients = 12;

std::string percent(std::uint64_t part, std::uint64_t all) {
  return fmt::format("{:.0f} %", all == 0 ? 0.0 : 100.0 * double(part) / double(all));
}

/// The most frequent first.
std::string kinds(const std::map<std::string, std::uint64_t>& errors) {
  std::vector<std::pair<std::uint64_t, std::string>> sorted;
  for (const auto& [code, times] : errors)
    sorted.emplace_back(times, code);
  std::sort(sorted.rbegin(), sorted.rend());
  std::string text;
  for (const auto& [times, code] : sorted) {
    text += fmt::format("{}{} × {}", text.empty() ? "" : ", ", grouped(times), code);
  }
  return text;
}

void show_traffic(stage& on, const process_result& seen) {
  const load_result& load = seen.load;
  on.holds(load.requests > 1'000, "requests", grouped(load.requests),
           fmt::format("{} a second   p50 {}   p99 {}",
                       grouped(std::uint64_t(double(load.requests) / load.seconds)),
                       duration(load.took.quantile(0.5)), duration(load.took.quantile(0.99))));
  on.holds(load.failed == 0 && load.unanswered == 0 && load.requests > 0, "failed",
           grouped(load.failed), load.failed == 0 ? "not once" : kinds(load.errors));
  on.holds(load.wrong == 0 && load.twice == 0, "wrong or double answers",
           grouped(load.wrong + load.twice), "each answer is that to its own question");
}

} // namespace

void plain_clients_collide(stage& on) {
  on.act(fmt::format("Plain clients behind PgBouncer: {} clients on {} backends, naming their "
                     "statements s0, s1, …",
                     clients, backends));
  const plain_result seen = run_plain_clients(variable("FREEHOLD_TEST_POOLER_URL"), clients, 250);
  const auto times = [&seen](const char* code) {
    const auto found = seen.codes.find(code);
    return found == seen.codes.end() ? 0 : found->second;
  };
  on.holds(times("42P05") > 0, "failed with 42P05", grouped(times("42P05")),
           fmt::format("of {} requests: {}", grouped(seen.requests), seen.example));
  on.note("failed in all",
          fmt::format("{}, {} more with 26000 (the name is not known)",
                      percent(seen.failed, seen.requests), grouped(times("26000"))));
  on.note("and, without an error",
          fmt::format("{} requests ran another client's statement", grouped(seen.wrong)));
}

void freehold_behind_the_pooler(stage& on) {
  on.act(fmt::format("Freehold, the same traffic: two processes, {} connections, the same "
                     "PgBouncer",
                     clients));
  const process_result seen =
      run_two_processes({.url_variable = "FREEHOLD_TEST_POOLER_URL", .connections = clients / 2});
  show_traffic(on, seen);
  const std::string url = variable("FREEHOLD_TEST_POOLER_URL");
  const std::int64_t theirs = left_behind(url, backends, "s%");
  const std::int64_t ours = left_behind(url, backends, "fh%");
  on.holds(ours == 0, "statements left behind", grouped(std::uint64_t(ours)),
           fmt::format("on its backends, where the plain clients left {}", theirs));
  on.holds(seen.mode == "unnamed", "mode found at connect", seen.mode, "");
  on.note("because", seen.reason);
}

void freehold_on_the_server(stage& on) {
  on.act("Freehold directly on PostgreSQL: two processes, 12 connections");
  const process_result seen =
      run_two_processes({.url_variable = "FREEHOLD_TEST_URL", .connections = clients / 2});
  show_traffic(on, seen);
  on.holds(seen.healed == 0, "healed statements", grouped(seen.healed),
           "every name was what its session believed");
  on.holds(seen.mode == "named", "mode found at connect", seen.mode, "prepared once a session");
  on.note("because", seen.reason);
}

} // namespace demo
