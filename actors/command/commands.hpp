// The subcommands: what each is asked, and what it does. All return the status of
// the process (exit_status).
#pragma once

#include "actors/command/console.hpp"
#include "actors/command/survey.hpp"

#include <chrono>
#include <optional>
#include <string>

namespace freehold::command {

/// What every subcommand takes.
struct manner {
  bool json = false;
  colors color = colors::automatic;
};

struct check_order {
  std::string file;
  std::optional<std::string> profile;
};
[[nodiscard]] int check(const check_order& what, const manner& how, const console& to);

struct doctor_order {
  std::string target; ///< a URL or a file
  std::optional<std::string> database;
  std::optional<std::string> profile;
  std::chrono::milliseconds limit{20'000}; ///< for each database
};
[[nodiscard]] int doctor(const doctor_order& what, const manner& how, const console& to,
                         const survey_tools& with);

/// An SQLSTATE or one of our codes.
[[nodiscard]] int explain(const std::string& code, const manner& how, const console& to);

struct top_order {
  std::string url;
  std::string token;
  bool once = false;
  std::chrono::milliseconds interval{1'000};
};
[[nodiscard]] int top(const top_order& what, const manner& how, const console& to);

} // namespace freehold::command
