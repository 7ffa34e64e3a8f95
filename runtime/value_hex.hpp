// Hexadecimal digits, as bytea and uuid have them.
#pragma once

#include <cstddef>
#include <optional>
#include <string>

namespace freehold {

/// The value of one digit of either case; negative for any other character.
[[nodiscard]] constexpr int hex_digit(char c) noexcept {
  if (c >= '0' && c <= '9')
    return c - '0';
  if (c >= 'a' && c <= 'f')
    return c - 'a' + 10;
  if (c >= 'A' && c <= 'F')
    return c - 'A' + 10;
  return -1;
}

/// The byte that two digits spell.
[[nodiscard]] constexpr std::optional<std::byte> hex_byte(char high, char low) noexcept {
  const int value = hex_digit(high) * 16 + hex_digit(low);
  if (hex_digit(high) < 0 || hex_digit(low) < 0)
    return std::nullopt;
  return static_cast<std::byte>(value);
}

/// Appends the byte's two digits, in lower case.
inline void append_hex(std::string& to, std::byte value) {
  constexpr char digits[] = "0123456789abcdef";
  to += digits[std::to_integer<unsigned>(value) >> 4];
  to += digits[std::to_integer<unsigned>(value) & 15];
}

} // namespace freehold
