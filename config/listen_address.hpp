// Where a server of ours listens.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace freehold::configuration {

struct listen_address {
  std::string host; ///< without the brackets of an IPv6 address
  std::uint16_t port = 0;

  /// Nobody but this machine reaches it.
  [[nodiscard]] bool is_loopback() const;
  /// With the brackets again.
  [[nodiscard]] std::string text() const;
};

/// "HOST:PORT", an IPv6 address in brackets; nothing when it is not that.
[[nodiscard]] std::optional<listen_address> parse_listen_address(std::string_view text);

} // namespace freehold::configuration
