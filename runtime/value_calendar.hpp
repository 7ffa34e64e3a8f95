// Days and dates of the proleptic Gregorian calendar, which the server uses
// for all times, over more years than `std::chrono::year` has.
//
// Source: Howard Hinnant, "chrono-Compatible Low-Level Date Algorithms",
// https://howardhinnant.github.io/date_algorithms.html
#pragma once

#include <cstdint>

namespace freehold {

/// Year 0 is 1 BC, year -1 is 2 BC.
struct civil_date {
  std::int64_t year = 0;
  unsigned month = 1;
  unsigned day = 1;
};

inline constexpr int days_per_era = 146'097; // 400 years

/// Days since 1970-01-01.
[[nodiscard]] constexpr std::int64_t days_from_civil(civil_date date) noexcept {
  // A year that begins in March has its leap day last.
  const std::int64_t year = date.year - (date.month <= 2 ? 1 : 0);
  const std::int64_t era = (year >= 0 ? year : year - 399) / 400;
  const std::int64_t year_of_era = year - era * 400;
  const unsigned month_from_march = (date.month + 9) % 12;
  const std::int64_t day_of_year = (153 * month_from_march + 2) / 5 + date.day - 1;
  const std::int64_t day_of_era =
      year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
  return era * days_per_era + day_of_era - 719'468;
}

[[nodiscard]] constexpr civil_date civil_from_days(std::int64_t days) noexcept {
  days += 719'468; // since 0000-03-01
  const std::int64_t era = (days >= 0 ? days : days - (days_per_era - 1)) / days_per_era;
  const auto day_of_era = static_cast<unsigned>(days - era * days_per_era);
  const unsigned year_of_era =
      (day_of_era - day_of_era / 1'460 + day_of_era / 36'524 - day_of_era / 146'096) / 365;
  const unsigned day_of_year =
      day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
  const unsigned month_from_march = (5 * day_of_year + 2) / 153;
  const unsigned month = month_from_march < 10 ? month_from_march + 3 : month_from_march - 9;
  const std::int64_t year = year_of_era + era * 400 + (month <= 2 ? 1 : 0);
  return {year, month, day_of_year - (153 * month_from_march + 2) / 5 + 1};
}

[[nodiscard]] constexpr bool is_in_calendar(civil_date date) noexcept {
  const civil_date back = civil_from_days(days_from_civil(date));
  return date.month >= 1 && date.month <= 12 && date.day >= 1 && date.day <= 31 &&
         back.month == date.month && back.day == date.day;
}

} // namespace freehold
