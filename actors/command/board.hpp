// A snapshot of a running service as text for a terminal.
#pragma once

#include "actors/command/console.hpp"

#include <nlohmann/json_fwd.hpp>

#include <string>

namespace freehold::command {

/// `before` is an earlier snapshot, for rates; null when there is none. What a
/// snapshot lacks is shown as nothing. One line each, at most `width` columns.
[[nodiscard]] std::string board(const nlohmann::json& now, const nlohmann::json& before,
                                std::size_t width, const palette& paint);

} // namespace freehold::command
