// Who may have how many sessions, who has them, and whether this configuration fits.

#include "actors/command/diagnosis.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

namespace freehold::command {
namespace {

constexpr auto limits_topic = "limits";
constexpr double nearly = 0.9;
constexpr double much = 0.75;

int usable(const limit_facts& limits) {
  return limits.superuser ? limits.max_connections : limits.max_connections - limits.reserved;
}

finding in_use(const limit_facts& limits) {
  const int room = usable(limits);
  const double share = static_cast<double>(limits.sessions) / std::max(room, 1);
  finding found{severity::ok, limits_topic, "The server has connections left",
                fmt::format("{} of {} in use (max_connections {}, of which {} are reserved)",
                            limits.sessions, room, limits.max_connections, limits.reserved),
                ""};
  if (share < much)
    return found;
  found.level = share >= nearly ? severity::warning : severity::note;
  found.title = share >= nearly ? "The server is nearly full" : "The server fills up";
  found.advice = "lower pool.max_connections of those who hold most, put a pooler in between, or "
                 "raise max_connections (needs a restart)";
  return found;
}

std::optional<finding> narrower(std::string_view whose, std::string_view command, int limit,
                                int sessions, std::size_t wanted) {
  if (limit < 0)
    return std::nullopt;
  finding found{severity::ok, limits_topic, fmt::format("The {}'s own limit leaves room", whose),
                fmt::format("{} of {} in use; pool.max_connections = {}", sessions, limit, wanted),
                ""};
  const auto most = static_cast<std::size_t>(limit);
  if (wanted <= most && static_cast<std::size_t>(sessions) + wanted <= most)
    return found;
  found.level = wanted > most ? severity::problem : severity::warning;
  found.title = wanted > most ? fmt::format("The {}'s own limit is below the pool's", whose)
                              : fmt::format("The {}'s own limit has little room left", whose);
  found.advice =
      fmt::format("{} CONNECTION LIMIT -1 (or high enough for all processes), or a lower "
                  "pool.max_connections",
                  command);
  return found;
}

int processes_of(const facts& seen) {
  if (!seen.applications)
    return 0;
  for (const service_share& each : by_service(*seen.applications))
    if (each.name == seen.service)
      return each.processes;
  return 0;
}

finding budget(const facts& seen) {
  const int room = usable(*seen.limits);
  const int wanted = static_cast<int>(seen.options.pool.max_connections);
  const int running = processes_of(seen);
  finding found{
      severity::ok, "budget", "This configuration's pool fits",
      fmt::format("{} a process (pool.max_connections), {} {} of service \"{}\" connected "
                  "now, {} usable connections: room for {} {}",
                  wanted, running, running == 1 ? "process" : "processes", seen.service, room,
                  room / std::max(wanted, 1),
                  room / std::max(wanted, 1) == 1 ? "process" : "processes"),
      ""};
  const auto judge = [&](severity level, const char* title) {
    found.level = level;
    found.title = title;
    found.advice = "lower pool.max_connections, put a pooler in between, or raise max_connections "
                   "(needs a restart)";
  };
  if (seen.traits.pooler) {
    found.title = "The pooler's limits decide how many sessions there are";
    found.detail = fmt::format("{} a process (pool.max_connections) reach the pooler; {} usable "
                               "connections of the server are for all poolers and clients",
                               wanted, room);
    found.level = severity::note;
    found.advice = "see that max_client_conn of the pooler is above pool.max_connections times the "
                   "number of processes, and default_pool_size below what the server has left";
  } else if (wanted > room) {
    judge(severity::problem, "The pool is larger than the server");
  } else if (wanted * (running + 1) > room) {
    judge(severity::warning, "One more process does not fit");
  }
  return found;
}

finding holders(const facts& seen) {
  constexpr std::size_t most_shown = 8;
  std::vector<std::string> lines;
  const std::vector<service_share> shares = by_service(*seen.applications);
  for (const service_share& each : shares) {
    if (lines.size() == most_shown) {
      lines.push_back(fmt::format("{} more", shares.size() - most_shown));
      break;
    }
    const std::string name = each.name.empty() ? "(no name)" : each.name;
    lines.push_back(each.processes == 0
                        ? fmt::format("{} {}", name, each.sessions)
                        : fmt::format("{} {} in {} {}", name, each.sessions, each.processes,
                                      each.processes == 1 ? "process" : "processes"));
  }
  return {severity::ok, "budget", "Who holds the server's connections",
          lines.empty() ? "nobody but the doctor" : fmt::format("{}", fmt::join(lines, ", ")), ""};
}

} // namespace

findings diagnose_limits(const facts& seen) {
  findings all;
  if (seen.limits) {
    const limit_facts& limits = *seen.limits;
    const std::size_t wanted = seen.options.pool.max_connections;
    all.push_back(in_use(limits));
    // A role's limit does not hold for superusers.
    if (!limits.superuser)
      if (auto own = narrower("role", fmt::format("ALTER ROLE {}", limits.role), limits.role_limit,
                              limits.role_sessions, wanted))
        all.push_back(*std::move(own));
    if (!limits.superuser)
      if (auto own = narrower("database", fmt::format("ALTER DATABASE {}", limits.database),
                              limits.database_limit, limits.database_sessions, wanted))
        all.push_back(*std::move(own));
  }
  if (seen.applications)
    all.push_back(holders(seen));
  if (seen.limits)
    all.push_back(budget(seen));
  return all;
}

} // namespace freehold::command
