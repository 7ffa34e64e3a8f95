#include "runtime/value_time_text.hpp"

#include <array>
#include <charconv>
#include <cstddef>

namespace freehold {
namespace {

using std::chrono::microseconds;

// At least `width` digits, with zeros in front.
void append_padded(std::string& to, std::uint64_t value, std::size_t width) {
  std::array<char, 20> digits{};
  const char* end = std::to_chars(digits.data(), digits.data() + digits.size(), value).ptr;
  const auto count = static_cast<std::size_t>(end - digits.data());
  if (count < width)
    to.append(width - count, '0');
  to.append(digits.data(), count);
}

void append_date(std::string& to, civil_date date) {
  const std::int64_t year = date.year > 0 ? date.year : 1 - date.year; // 0 is 1 BC
  append_padded(to, static_cast<std::uint64_t>(year), 4);
  to += '-';
  append_padded(to, date.month, 2);
  to += '-';
  append_padded(to, date.day, 2);
}

void append_clock(std::string& to, std::uint64_t micros) {
  append_padded(to, micros / 3'600'000'000, 2);
  to += ':';
  append_padded(to, micros / 60'000'000 % 60, 2);
  to += ':';
  append_padded(to, micros / 1'000'000 % 60, 2);
  if (micros % 1'000'000 == 0)
    return;
  to += '.';
  append_padded(to, micros % 1'000'000, 6);
}

void append_era(std::string& to, civil_date date) {
  if (date.year <= 0)
    to += " BC";
}

} // namespace

std::string write_date(civil_date date) {
  std::string text;
  append_date(text, date);
  append_era(text, date);
  return text;
}

std::string write_timestamp(microseconds since_1970, utc_offset offset) {
  if (since_1970 == microseconds::max())
    return "infinity";
  if (since_1970 == microseconds::min())
    return "-infinity";
  using days = std::chrono::duration<std::int64_t, std::ratio<86'400>>;
  const auto day = std::chrono::floor<days>(since_1970);
  // Back to microseconds only by remainder: the first day of all begins
  // before what 64 bits of microseconds hold.
  auto of_day = since_1970 % days{1};
  if (of_day < microseconds{0})
    of_day += days{1};
  const civil_date date = civil_from_days(day.count());
  std::string text;
  text.reserve(40);
  append_date(text, date);
  text += ' ';
  append_clock(text, static_cast<std::uint64_t>(of_day.count()));
  if (offset == utc_offset::required)
    text += "+00";
  append_era(text, date);
  return text;
}

std::string write_clock(microseconds length) {
  std::string text;
  const auto count = static_cast<std::uint64_t>(length.count());
  if (length < microseconds{0})
    text += '-';
  append_clock(text, length < microseconds{0} ? 0 - count : count);
  return text;
}

} // namespace freehold
