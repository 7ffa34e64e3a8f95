// The same service twice, as it runs in production: each process with a runtime
// and a pool of its own.
#pragma once

#include "examples/demo/load.hpp"

#include <string>

namespace demo {

struct process_result {
  load_result load;
  std::uint64_t healed = 0; ///< statements that were not what a session believed
  std::uint64_t retries = 0;
  std::string mode;
  std::string reason; ///< why the probe chose that mode
};

/// What each process does. The URL is named and not given: others can read a
/// process's arguments.
struct process_task {
  std::string url_variable;
  std::size_t connections = 6;
  std::size_t requesters = 16;
  int milliseconds = 2'000;
};

/// Runs this program twice, with `child_argument`, and adds up what they say.
/// Throws std::runtime_error when one does not come to its end.
[[nodiscard]] process_result run_two_processes(const process_task& task);

inline constexpr const char* child_argument = "--one-of-two";
/// What such a process does; `arguments` are those after `child_argument`.
int run_child(const std::vector<std::string>& arguments);

/// The runtimes of the demo: quiet, and named so that the server can tell them.
[[nodiscard]] freehold::config demo_config(const std::string& url_variable,
                                           const std::string& service, std::size_t connections);
[[nodiscard]] freehold::embedding quiet();
/// Waits, for some seconds at most, until all connections are open.
[[nodiscard]] bool all_usable(const freehold::database& db, std::size_t connections);
[[nodiscard]] std::string variable(const std::string& name);

} // namespace demo
