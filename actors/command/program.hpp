// The command line: subcommands and options, and which command they mean.
#pragma once

#include "actors/command/commands.hpp"

#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace CLI {
class App;
}

namespace freehold::command {

class program {
public:
  program(const console& to, survey_tools with);
  ~program();
  program(const program&) = delete;
  program& operator=(const program&) = delete;

  /// `words` without the program's own name. Once.
  [[nodiscard]] int run(const std::vector<std::string>& words);
  /// For whoever describes the command line: completion, tests.
  [[nodiscard]] const CLI::App& app() const noexcept { return *app_; }

private:
  void add_check();
  void add_doctor();
  void add_explain();
  void add_top();
  void add_completion();
  void add_manner(CLI::App& to);
  CLI::App& add(const char* name, const char* what, const char* examples);

  const console& to_;
  survey_tools with_;
  std::unique_ptr<CLI::App> app_;
  manner how_;
  check_order check_;
  doctor_order doctor_;
  std::string code_;
  top_order top_;
  std::string shell_;
  int status_ = 0;
};

/// A completion script made from the command line itself; `shell` is bash or zsh.
[[nodiscard]] std::string completion(const CLI::App& app, std::string_view shell);

} // namespace freehold::command
