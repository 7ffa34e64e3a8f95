#include <freehold/value.hpp>

#include <cmath>

namespace freehold {
namespace {

// The server's own words for what is not a finite number: to_chars would write
// "-nan" for some, which float8in does not take on every platform.
template <class T>
void encode_floating(parameters& to, T value) {
  if (std::isnan(value))
    return to.add_text("NaN");
  if (std::isinf(value))
    return to.add_text(value > 0 ? "Infinity" : "-Infinity");
  std::array<char, 32> digits{}; // the longest shortest double has 24
  const auto end = std::to_chars(digits.data(), digits.data() + digits.size(), value).ptr;
  to.add_text({digits.data(), end});
}

} // namespace

void value_codec<float>::encode(parameters& to, float value) {
  encode_floating(to, value);
}

void value_codec<double>::encode(parameters& to, double value) {
  encode_floating(to, value);
}

void detail::unreadable_number(std::string_view type_name, std::errc why) {
  if (why == std::errc::result_out_of_range)
    unreadable(type_name, "the number is out of range");
  unreadable(type_name);
}

} // namespace freehold
