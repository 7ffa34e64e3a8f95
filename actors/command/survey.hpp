// Looks at a database for real and writes down what is there.
#pragma once

#include "actors/command/facts.hpp"
#include "runtime/session.hpp"

#include <chrono>
#include <functional>
#include <string>

namespace freehold::command {

/// What a survey needs of the world.
struct survey_tools {
  session_factory connect;
  std::function<std::chrono::system_clock::time_point()> local_time;
  /// What a host and port answer when they are asked in HTTP; empty: nothing.
  std::function<std::string(const std::string& host, int port)> ask_http;
};

[[nodiscard]] survey_tools real_tools();

/// Returns within `limit`, give or take the resolution of the host's name, whatever
/// the other side does. Leaves nothing behind on a pooled server session.
[[nodiscard]] facts survey(const database_options& options, const std::string& service,
                           std::chrono::milliseconds limit, const survey_tools& with);

} // namespace freehold::command
