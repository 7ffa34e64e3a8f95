// The program `freehold`, run within a test.
#pragma once

#include "actors/command/program.hpp"

#include <map>
#include <optional>
#include <sstream>
#include <string>
#include <vector>

namespace freehold::testing {

struct command_run {
  int status = 0;
  std::string out;
  std::string err;
};

/// A server is never reached: connecting is refused.
[[nodiscard]] inline command_run
run_command(const std::vector<std::string>& words,
            const std::map<std::string, std::string>& variables = {}, bool terminal = false) {
  std::ostringstream out;
  std::ostringstream err;
  const environment env = [&](const std::string& name) {
    const auto found = variables.find(name);
    return found == variables.end() ? std::nullopt : std::optional{found->second};
  };
  const command::console to{out, err, env, terminal};
  const command::survey_tools nobody{
      [](const session_request&) -> std::unique_ptr<session> {
        throw connect_failure{connect_outcome::unreachable, "", "Connection refused"};
      },
      [] { return std::chrono::system_clock::now(); },
      [](const std::string&, int) { return std::string{}; }};
  const int status = command::program{to, nobody}.run(words);
  return {status, out.str(), err.str()};
}

[[nodiscard]] inline bool holds(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

} // namespace freehold::testing
