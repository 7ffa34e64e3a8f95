// Where the servers of the sandbox are (tests/sandbox/sandbox).
#pragma once

#include <freehold/config.hpp>

#include <cstdlib>
#include <stdexcept>
#include <string>

namespace freehold::testing {

/// A variable of the sandbox: "URL", "ADMIN_URL", "POOLER_URL", "PASSWORD", …
[[nodiscard]] inline std::string sandbox(const std::string& what) {
  const char* value = std::getenv(("FREEHOLD_TEST_" + what).c_str());
  if (value == nullptr)
    throw std::runtime_error{"run this inside tests/sandbox/sandbox run --"};
  return value;
}

/// Whether the sandbox has it.
[[nodiscard]] inline bool sandbox_has(const std::string& what) {
  return std::getenv(("FREEHOLD_TEST_" + what).c_str()) != nullptr;
}

/// Has the sandbox do something, as "server stop".
inline void sandbox_does(const std::string& action) {
  if (std::system(("\"$FREEHOLD_SANDBOX\" " + action + " >/dev/null 2>&1").c_str()) != 0)
    throw std::runtime_error{"the sandbox failed to: " + action};
}

/// Options of a database in the sandbox.
[[nodiscard]] inline database_options sandbox_database(const std::string& url = "URL") {
  return config_from_url(sandbox(url)).databases.front();
}

} // namespace freehold::testing
