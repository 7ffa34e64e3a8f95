// The log of one runtime: its logger, and what an operator may change of it
// while it runs.
#pragma once

#include "runtime/repeat_sink.hpp"
#include "runtime/slow_queries.hpp"

#include <freehold/config.hpp>

#include <spdlog/logger.h>

#include <memory>
#include <vector>

namespace freehold {

/// Nothing of it is registered with spdlog: two runtimes have two logs. Any
/// thread may call it.
class service_log {
public:
  /// Writes to these sinks, or to stderr if there are none.
  service_log(const runtime_options& options, std::vector<spdlog::sink_ptr> handed_in);

  /// Puts `level`, `slow_query_threshold` and all of `log` in force.
  void apply(const runtime_options& options);

  [[nodiscard]] const std::shared_ptr<spdlog::logger>& logger() const noexcept { return logger_; }
  [[nodiscard]] const std::shared_ptr<repeat_sink>& repeats() const noexcept { return repeats_; }
  [[nodiscard]] const std::shared_ptr<slow_queries>& slow() const noexcept { return slow_; }

private:
  spdlog::sink_ptr own_; // null when sinks were handed in
  std::shared_ptr<repeat_sink> repeats_;
  std::shared_ptr<spdlog::logger> logger_;
  std::shared_ptr<slow_queries> slow_;
};

} // namespace freehold
