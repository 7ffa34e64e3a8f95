// Questions to a server, one at a time, each in a transaction of its own.
#pragma once

#include "actors/command/facts.hpp"
#include "runtime/session.hpp"

#include <optional>
#include <stdexcept>
#include <string>

namespace freehold::command {

/// The session ended, or the time did.
class interview_ended : public std::runtime_error {
public:
  using std::runtime_error::runtime_error;
};

class interview {
public:
  interview(session& on, session::time_point deadline) : session_{on}, deadline_{deadline} {}

  /// The rows, or nothing where the server refuses; `refused` says how then.
  /// Throws `interview_ended`.
  std::optional<result_set> ask(const std::string& sql, const parameters& values = {});
  /// What was queued before, up to a Sync: the rows of the last command with any.
  std::optional<result_set> collect();
  [[nodiscard]] const server_error& refused() const noexcept { return refused_; }
  [[nodiscard]] session& on() noexcept { return session_; }

private:
  session& session_;
  session::time_point deadline_;
  server_error refused_;
};

/// Each asks and writes down; what is refused goes to `unasked`.
void ask_limits(interview& with, facts& found);
void ask_applications(interview& with, facts& found);
void ask_settings(interview& with, facts& found);
void ask_tls(interview& with, facts& found);
void ask_replication(interview& with, facts& found);

} // namespace freehold::command
