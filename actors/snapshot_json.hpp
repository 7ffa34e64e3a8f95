// Snapshots as JSON, for people and for the dashboard.
#pragma once

#include <freehold/supervision.hpp>

#include <chrono>
#include <string>

namespace freehold {

/// All keys are always there. It is one line of valid UTF-8 whatever names say.
[[nodiscard]] std::string snapshot_json(const runtime_snapshot& what);
/// {"ready":true,"not_ready_because":""}
[[nodiscard]] std::string readiness_json(const runtime_snapshot& what);
/// "2026-11-26T20:51:00.123Z"
[[nodiscard]] std::string utc_text(std::chrono::system_clock::time_point when);

} // namespace freehold
