// The servers of the sandbox, and what is done to them.
#pragma once

#include <string>

namespace chaos {

/// Commands of tests/sandbox/sandbox and the addresses that it gave. All throw
/// std::runtime_error.
class cluster {
public:
  /// Whatever an earlier scenario left: the server runs, alone, as it was made.
  void restore() const;
  /// "server crash", "standby promote", …
  void act(const std::string& what) const;

  /// Of the server: as the role `freehold`, and as superuser.
  [[nodiscard]] static std::string url();
  [[nodiscard]] static std::string admin_url();
  [[nodiscard]] static int port();
  /// Of the standby; there is one between "standby create" and "standby remove".
  [[nodiscard]] static int standby_port();
  [[nodiscard]] static std::string folder();
};

/// The same address with another port.
[[nodiscard]] std::string with_port(std::string url, int port);

/// Runs a command of the shell; false when it fails.
[[nodiscard]] bool shell(const std::string& line);

} // namespace chaos
