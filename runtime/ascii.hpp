// Kinds of characters, whatever the locale.
#pragma once

namespace freehold {

[[nodiscard]] constexpr bool is_digit(char c) noexcept {
  return c >= '0' && c <= '9';
}

} // namespace freehold
