#include <freehold/value_codec.hpp>

#include "runtime/value_hex.hpp"

namespace freehold {
namespace {

// The bytes before which a hyphen stands: 8-4-4-4-12 digits.
constexpr bool hyphen_before(std::size_t byte) noexcept {
  return byte == 4 || byte == 6 || byte == 8 || byte == 10;
}

} // namespace

std::optional<uuid> uuid::parse(std::string_view text) noexcept {
  const bool hyphenated = text.size() == 36;
  if (!hyphenated && text.size() != 32)
    return std::nullopt;
  uuid parsed;
  std::size_t at = 0;
  for (std::size_t i = 0; i < parsed.bytes.size(); ++i) {
    if (hyphenated && hyphen_before(i) && text[at++] != '-')
      return std::nullopt;
    const auto value = hex_byte(text[at], text[at + 1]);
    if (!value)
      return std::nullopt;
    parsed.bytes[i] = *value;
    at += 2;
  }
  return parsed;
}

std::string uuid::to_string() const {
  std::string text;
  text.reserve(36);
  for (std::size_t i = 0; i < bytes.size(); ++i) {
    if (hyphen_before(i))
      text += '-';
    append_hex(text, bytes[i]);
  }
  return text;
}

void value_codec<uuid>::encode(parameters& to, const uuid& value) {
  to.add_text(value.to_string());
}

uuid value_codec<uuid>::decode(cell_view cell) {
  if (const auto parsed = uuid::parse(cell.text()))
    return *parsed;
  unreadable(name);
}

} // namespace freehold
