// bytea: https://www.postgresql.org/docs/current/datatype-binary.html
#include <freehold/value_codec.hpp>

#include "runtime/value_hex.hpp"

namespace freehold {
namespace {

using bytes = std::vector<std::byte>;

bytes decode_hex(std::string_view digits, std::string_view type_name) {
  if (digits.size() % 2 != 0)
    unreadable(type_name, "an odd number of hexadecimal digits");
  bytes decoded;
  decoded.reserve(digits.size() / 2);
  for (std::size_t at = 0; at < digits.size(); at += 2) {
    const auto value = hex_byte(digits[at], digits[at + 1]);
    if (!value)
      unreadable(type_name, "not a hexadecimal digit");
    decoded.push_back(*value);
  }
  return decoded;
}

// The byte of three octal digits, as in \377; negative when there is none.
int octal_byte(std::string_view digits) noexcept {
  if (digits.size() < 3)
    return -1;
  int value = 0;
  for (char c : digits.substr(0, 3)) {
    if (c < '0' || c > '7')
      return -1;
    value = value * 8 + (c - '0');
  }
  return value > 255 ? -1 : value;
}

bytes decode_escaped(std::string_view text, std::string_view type_name) {
  bytes decoded;
  decoded.reserve(text.size());
  for (std::size_t at = 0; at < text.size(); ++at) {
    if (text[at] != '\\') {
      decoded.push_back(static_cast<std::byte>(text[at]));
    } else if (text.substr(at + 1).starts_with('\\')) {
      decoded.push_back(std::byte{'\\'});
      at += 1;
    } else if (const int value = octal_byte(text.substr(at + 1)); value >= 0) {
      decoded.push_back(static_cast<std::byte>(value));
      at += 3;
    } else {
      unreadable(type_name, "a backslash without a second one or three octal digits");
    }
  }
  return decoded;
}

} // namespace

bytes value_codec<bytes>::decode(cell_view cell) {
  const std::string_view text = cell.text();
  return text.starts_with("\\x") ? decode_hex(text.substr(2), name) : decode_escaped(text, name);
}

} // namespace freehold
