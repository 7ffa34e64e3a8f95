// Asks a running service for its snapshot.
#pragma once

#include <nlohmann/json.hpp>

#include <optional>
#include <string>

namespace freehold::command {

struct snapshot_answer {
  std::optional<nlohmann::json> snapshot;
  std::string problem; ///< why there is none, and what to do
};

/// GETs `url`/snapshot; waits for two seconds at most. `token` is sent as a bearer token unless
/// it is empty, and is never in `problem`.
[[nodiscard]] snapshot_answer ask_snapshot(const std::string& url, const std::string& token);

} // namespace freehold::command
