#include "runtime/value_utf8.hpp"

#include <algorithm>
#include <cstdint>
#include <cstring>

namespace freehold {
namespace {

constexpr std::uint64_t every_byte = 0x0101'0101'0101'0101;
constexpr std::uint64_t high_bits = every_byte << 7;

// All of these bytes, eight at most, are ASCII and none is NUL. A byte that is zero borrows
// into its high bit (Hacker's Delight, 6-1); false alarms only cost the slow path.
bool is_plain(const unsigned char* bytes, std::size_t count) noexcept {
  std::uint64_t word = every_byte;
  std::memcpy(&word, bytes, count);
  return ((word | (word - every_byte)) & high_bits) == 0;
}

bool within(unsigned char byte, unsigned char low, unsigned char high) noexcept {
  return low <= byte && byte <= high;
}

bool continues(unsigned char byte) noexcept {
  return (byte & 0xc0) == 0x80;
}

// How many bytes the sequence at `p` has; 0 when it is malformed. The range of
// the second byte is what keeps overlong forms and surrogates out.
std::size_t sequence_length(const unsigned char* p, std::size_t left) noexcept {
  const unsigned char lead = p[0];
  if (lead < 0x80)
    return lead == 0 ? 0 : 1;
  if (left < 2)
    return 0;
  const unsigned char second = p[1];
  if (within(lead, 0xc2, 0xdf))
    return continues(second) ? 2 : 0;
  if (within(lead, 0xe0, 0xef)) {
    const bool fits = lead == 0xe0   ? within(second, 0xa0, 0xbf)
                      : lead == 0xed ? within(second, 0x80, 0x9f)
                                     : continues(second);
    return fits && left >= 3 && continues(p[2]) ? 3 : 0;
  }
  if (within(lead, 0xf0, 0xf4)) {
    const bool fits = lead == 0xf0   ? within(second, 0x90, 0xbf)
                      : lead == 0xf4 ? within(second, 0x80, 0x8f)
                                     : continues(second);
    return fits && left >= 4 && continues(p[2]) && continues(p[3]) ? 4 : 0;
  }
  return 0;
}

} // namespace

std::size_t first_unsendable_byte(std::string_view text) noexcept {
  const auto* bytes = reinterpret_cast<const unsigned char*>(text.data());
  std::size_t at = 0;
  while (at < text.size()) {
    const std::size_t left = text.size() - at;
    // As two calls, because eight bytes are then one load.
    if (left >= 8 ? is_plain(bytes + at, 8) : is_plain(bytes + at, left)) {
      at += std::min<std::size_t>(left, 8);
      continue;
    }
    if (within(bytes[at], 0x01, 0x7f)) {
      ++at;
      continue;
    }
    const std::size_t length = sequence_length(bytes + at, left);
    if (length == 0)
      return at;
    at += length;
  }
  return std::string_view::npos;
}

} // namespace freehold
