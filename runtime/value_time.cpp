#include <freehold/value_codec.hpp>

#include "runtime/value_time_text.hpp"

namespace freehold {

using std::chrono::microseconds;
using std::chrono::year_month_day;
using utc_time = std::chrono::sys_time<microseconds>;
using local_time = std::chrono::local_time<microseconds>;

void value_codec<utc_time>::encode(parameters& to, utc_time value) {
  to.add_text(write_timestamp(value.time_since_epoch(), utc_offset::required));
}

utc_time value_codec<utc_time>::decode(cell_view cell) {
  if (const auto since = read_timestamp(cell.text(), utc_offset::required))
    return utc_time{*since};
  unreadable(name);
}

void value_codec<local_time>::encode(parameters& to, local_time value) {
  to.add_text(write_timestamp(value.time_since_epoch(), utc_offset::none));
}

local_time value_codec<local_time>::decode(cell_view cell) {
  if (const auto since = read_timestamp(cell.text(), utc_offset::none))
    return local_time{*since};
  unreadable(name);
}

void value_codec<year_month_day>::encode(parameters& to, year_month_day value) {
  if (!value.ok())
    return to.refuse("the date is not in the calendar");
  to.add_text(write_date({int{value.year()}, unsigned{value.month()}, unsigned{value.day()}}));
}

year_month_day value_codec<year_month_day>::decode(cell_view cell) {
  const auto date = read_date(cell.text());
  if (!date)
    unreadable(name);
  constexpr auto first = int{std::chrono::year::min()};
  constexpr auto last = int{std::chrono::year::max()};
  if (date->year < first || date->year > last)
    unreadable(name, "the year is out of range");
  return {std::chrono::year{static_cast<int>(date->year)}, std::chrono::month{date->month},
          std::chrono::day{date->day}};
}

void value_codec<microseconds>::encode(parameters& to, microseconds value) {
  to.add_text(write_clock(value));
}

microseconds value_codec<microseconds>::decode(cell_view cell) {
  if (const auto length = read_clock(cell.text()))
    return *length;
  // "1 day 02:03:04", "2 mons", "1 year": the letters they have in common.
  if (cell.text().find_first_of("dmy") != std::string_view::npos) {
    unreadable(name, "a span of days, months or years has no fixed length");
  }
  unreadable(name);
}

} // namespace freehold
