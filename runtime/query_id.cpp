#include "runtime/query_id.hpp"

#include <numeric>

namespace freehold {
namespace {

// Near 36^6 divided by the golden ratio, which spreads neighbours furthest
// (Knuth, TAOCP volume 3, section 6.4), and prime to 36, which makes the
// multiplication a bijection modulo 36^6.
constexpr std::uint64_t multiplier = 1'345'325'471;
static_assert(std::gcd(multiplier, query_id_count) == 1);
static_assert(multiplier < query_id_count && query_id_count < (std::uint64_t{1} << 32U));

} // namespace

std::uint32_t query_id_at(std::uint64_t sequence, std::uint64_t offset) noexcept {
  // Both factors are below 2^32, so the product fits.
  const std::uint64_t scattered = (sequence % query_id_count) * multiplier % query_id_count;
  return static_cast<std::uint32_t>((scattered + offset % query_id_count) % query_id_count);
}

std::string format_query_id(std::uint32_t id) {
  static constexpr char digits[] = "0123456789abcdefghijklmnopqrstuvwxyz";
  std::string text(6, '0');
  for (std::size_t i = text.size(); i-- > 0; id /= 36)
    text[i] = digits[id % 36];
  return text;
}

} // namespace freehold
