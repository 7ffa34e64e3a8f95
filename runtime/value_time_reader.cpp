#include "runtime/value_time_text.hpp"

#include <cstddef>

namespace freehold {
namespace {

using std::chrono::hours;
using std::chrono::microseconds;
using std::chrono::minutes;
using std::chrono::seconds;

constexpr microseconds one_day = hours{24};
// A day less than what 64 bits hold, so that adding a time of day and an
// offset (at most 16 hours) cannot overflow.
constexpr std::int64_t farthest_day = microseconds::max() / one_day - 2;
constexpr std::int64_t most_hours = microseconds::max() / hours{1} - 1;

/// Takes a text apart from its front. A part that is not there is not taken.
class scanner {
public:
  explicit scanner(std::string_view text) noexcept : rest_{text} {}

  [[nodiscard]] bool at_end() const noexcept { return rest_.empty(); }

  bool take(std::string_view expected) noexcept {
    if (!rest_.starts_with(expected))
      return false;
    rest_.remove_prefix(expected.size());
    return true;
  }

  /// A number of `fewest` to `most` digits; `most` is at most 18.
  std::optional<std::int64_t> number(std::size_t fewest, std::size_t most) noexcept {
    std::int64_t value = 0;
    std::size_t digits = 0;
    while (digits < rest_.size() && rest_[digits] >= '0' && rest_[digits] <= '9') {
      if (digits == most)
        return std::nullopt;
      value = value * 10 + (rest_[digits++] - '0');
    }
    if (digits < fewest)
      return std::nullopt;
    last_digits_ = digits;
    rest_.remove_prefix(digits);
    return value;
  }

  /// Two digits under `limit`.
  std::optional<std::int64_t> pair_under(std::int64_t limit) noexcept {
    const auto value = number(2, 2);
    return value && *value < limit ? value : std::nullopt;
  }

  /// The digits behind a decimal point, at most six.
  std::optional<microseconds> fraction() noexcept {
    auto value = number(1, 6);
    if (!value)
      return std::nullopt;
    for (std::size_t i = last_digits_; i < 6; ++i)
      *value *= 10;
    return microseconds{*value};
  }

private:
  std::string_view rest_;
  std::size_t last_digits_ = 0;
};

// The era is not checked here: it stands at the end of the whole text.
std::optional<civil_date> take_date(scanner& from) noexcept {
  const auto year = from.number(4, 9);
  if (!year || !from.take("-"))
    return std::nullopt;
  const auto month = from.pair_under(13);
  if (!month || !from.take("-"))
    return std::nullopt;
  const auto day = from.pair_under(32);
  if (!day)
    return std::nullopt;
  return civil_date{*year, static_cast<unsigned>(*month), static_cast<unsigned>(*day)};
}

// Nothing, unless the text ends here and the date, now with its era, exists.
std::optional<civil_date> finish_date(scanner& from, civil_date date) noexcept {
  if (date.year == 0)
    return std::nullopt; // there is no year 0 in the server's text
  if (from.take(" BC"))
    date.year = 1 - date.year;
  if (!from.at_end() || !is_in_calendar(date))
    return std::nullopt;
  return date;
}

std::optional<microseconds> take_clock(scanner& from, std::size_t hour_digits) noexcept {
  const auto hour = from.number(2, hour_digits);
  if (!hour || *hour > most_hours || !from.take(":"))
    return std::nullopt;
  const auto minute = from.pair_under(60);
  if (!minute || !from.take(":"))
    return std::nullopt;
  const auto second = from.pair_under(60);
  if (!second)
    return std::nullopt;
  const microseconds whole = hours{*hour} + minutes{*minute} + seconds{*second};
  if (!from.take("."))
    return whole;
  const auto part = from.fraction();
  if (!part)
    return std::nullopt;
  return whole + *part;
}

// "+02", "-03:30", "+00:09:21": local mean times had seconds.
std::optional<seconds> take_offset(scanner& from) noexcept {
  const bool west = from.take("-");
  if (!west && !from.take("+"))
    return std::nullopt;
  const auto hour = from.pair_under(16); // the server's limit
  if (!hour)
    return std::nullopt;
  seconds offset = hours{*hour};
  if (from.take(":")) {
    const auto minute = from.pair_under(60);
    if (!minute)
      return std::nullopt;
    offset += minutes{*minute};
    if (from.take(":")) {
      const auto second = from.pair_under(60);
      if (!second)
        return std::nullopt;
      offset += seconds{*second};
    }
  }
  return west ? -offset : offset;
}

} // namespace

std::optional<civil_date> read_date(std::string_view text) noexcept {
  scanner from{text};
  const auto date = take_date(from);
  return date ? finish_date(from, *date) : std::nullopt;
}

std::optional<microseconds> read_timestamp(std::string_view text, utc_offset offset) noexcept {
  if (text == "infinity")
    return microseconds::max();
  if (text == "-infinity")
    return microseconds::min();
  scanner from{text};
  auto date = take_date(from);
  if (!date || !from.take(" "))
    return std::nullopt;
  const auto clock = take_clock(from, 2);
  if (!clock || *clock >= one_day)
    return std::nullopt;
  seconds ahead_of_utc{0};
  if (offset == utc_offset::required) {
    const auto taken = take_offset(from);
    if (!taken)
      return std::nullopt;
    ahead_of_utc = *taken;
  }
  date = finish_date(from, *date);
  if (!date)
    return std::nullopt;
  const std::int64_t days = days_from_civil(*date);
  if (days > farthest_day || days < -farthest_day)
    return std::nullopt;
  return days * one_day + *clock - ahead_of_utc;
}

std::optional<microseconds> read_clock(std::string_view text) noexcept {
  scanner from{text};
  const bool negative = from.take("-");
  const auto clock = take_clock(from, 10);
  if (!clock || !from.at_end())
    return std::nullopt;
  return negative ? -*clock : *clock;
}

} // namespace freehold
