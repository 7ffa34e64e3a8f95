#include "actors/command/diagnosis.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>

namespace freehold::command {
namespace {

void append(findings& all, findings more) {
  std::move(more.begin(), more.end(), std::back_inserter(all));
}

finding connected(const facts& seen) {
  return {severity::ok, "connection", "The server answers",
          fmt::format("PostgreSQL {}, connected in {:.1f} ms", seen.version,
                      std::chrono::duration<double, std::milli>{seen.connected_in}.count()),
          ""};
}

finding ended(const facts& seen) {
  return {severity::problem, "connection", "The session ended during the examination", seen.ended,
          "look into the server's log (and the pooler's) for this time: a crash, a restart, an "
          "administrator, or a limit on sessions; then run the doctor again"};
}

finding silent(const unanswered& what) {
  return {severity::note, what.topic, "Could not be looked at", what.why,
          "grant the role pg_monitor (GRANT pg_monitor TO ...), or run the doctor as a role that "
          "may see it"};
}

} // namespace

std::string_view to_string(severity value) noexcept {
  switch (value) {
  case severity::ok:
    return "ok";
  case severity::note:
    return "note";
  case severity::warning:
    return "warning";
  case severity::problem:
    return "problem";
  }
  return "unknown";
}

findings diagnose(const facts& seen) {
  if (seen.refused)
    return {diagnose_refusal(seen)};
  findings all{connected(seen)};
  append(all, diagnose_statements(seen));
  append(all, diagnose_limits(seen));
  append(all, diagnose_settings(seen));
  append(all, diagnose_tls(seen));
  append(all, diagnose_clock(seen));
  append(all, diagnose_replication(seen));
  for (const unanswered& each : seen.unasked)
    all.push_back(silent(each));
  if (!seen.ended.empty())
    all.push_back(ended(seen));
  return all;
}

severity worst(const findings& all) noexcept {
  const auto found = std::max_element(
      all.begin(), all.end(), [](const finding& a, const finding& b) { return a.level < b.level; });
  return found == all.end() ? severity::ok : found->level;
}

} // namespace freehold::command
