// What observed facts mean, and what to do about them. No server, no clock.
#pragma once

#include "actors/command/facts.hpp"

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace freehold::command {

enum class severity : std::uint8_t {
  ok,
  note,    ///< worth knowing
  warning, ///< works now, and will hurt under load, in a failure, or one's security
  problem, ///< does not work
};

[[nodiscard]] std::string_view to_string(severity value) noexcept;

/// `title` is always the same text for the same finding; figures are in `detail`.
struct finding {
  severity level = severity::ok;
  std::string topic; ///< "connection", "statements", "limits", …
  std::string title;
  std::string detail;
  std::string advice; ///< which setting to turn; empty only where all is well
};

using findings = std::vector<finding>;

/// Everything, in the order in which it is read: connection first.
[[nodiscard]] findings diagnose(const facts& seen);

// Its parts, each silent about what was not observed.
[[nodiscard]] finding diagnose_refusal(const facts& seen);
[[nodiscard]] findings diagnose_statements(const facts& seen);
[[nodiscard]] findings diagnose_limits(const facts& seen);
[[nodiscard]] findings diagnose_settings(const facts& seen);
[[nodiscard]] findings diagnose_tls(const facts& seen);
[[nodiscard]] findings diagnose_clock(const facts& seen);
[[nodiscard]] findings diagnose_replication(const facts& seen);

/// The most severe of them; `ok` when there are none.
[[nodiscard]] severity worst(const findings& all) noexcept;

} // namespace freehold::command
