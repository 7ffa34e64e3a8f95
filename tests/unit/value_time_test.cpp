#include "tests/unit/value_support.hpp"

#include <random>

using freehold::parameters;
using namespace freehold::testing;
using namespace std::chrono;
using utc = sys_time<microseconds>;
using local = local_time<microseconds>;

namespace {

constexpr utc at(year_month_day date, microseconds of_day) {
  return sys_days{date} + of_day;
}

constexpr microseconds clock(int h, int m, int s, int us = 0) {
  return hours{h} + minutes{m} + seconds{s} + microseconds{us};
}

} // namespace

TEST_CASE("a timestamptz reads as the same moment whatever its offset") {
  const utc moment = at(2024y / May / 6, clock(5, 8, 9, 123'456));
  CHECK(read<utc>("2024-05-06 05:08:09.123456+00") == moment);
  CHECK(read<utc>("2024-05-06 07:08:09.123456+02") == moment);
  CHECK(read<utc>("2024-05-06 10:38:09.123456+05:30") == moment);
  CHECK(read<utc>("2024-05-05 23:38:09.123456-05:30") == moment);
  CHECK(read<utc>("2024-05-06 05:17:30.123456+00:09:21") == moment);
}

TEST_CASE("fractions of a second have one to six digits") {
  CHECK(read<utc>("2024-05-06 00:00:00.5+00") == at(2024y / May / 6, milliseconds{500}));
  CHECK(read<utc>("2024-05-06 00:00:00.00001+00") == at(2024y / May / 6, microseconds{10}));
  CHECK_FALSE(why_not<utc>("2024-05-06 00:00:00.1234567+00").empty());
  CHECK_FALSE(why_not<utc>("2024-05-06 00:00:00.+00").empty());
}

TEST_CASE("years before Christ are read and written with their era") {
  const utc ides = at(year{-43} / March / 15, clock(12, 0, 0));
  CHECK(written(ides) == "0044-03-15 12:00:00+00 BC");
  CHECK(read<utc>("0044-03-15 12:00:00+00 BC") == ides);
  CHECK(read<local>("0001-02-29 00:00:00 BC") == local_days{year{0} / February / 29});
  CHECK(written(year{0} / December / 31) == "0001-12-31 BC");
  CHECK(read<year_month_day>("4713-01-01 BC") == year{-4712} / January / 1);
}

TEST_CASE("infinite timestamps are the ends of time both ways") {
  CHECK((read<utc>("infinity") == utc::max()));
  CHECK((read<utc>("-infinity") == utc::min()));
  CHECK(written(utc::max()) == "infinity");
  CHECK(written(utc::min()) == "-infinity");
  CHECK(written(local::max()) == "infinity");
  CHECK((read<local>("-infinity") == local::min()));
}

TEST_CASE("timestamps of far years are read as far as they fit") {
  CHECK(read<utc>("294246-12-31 23:59:59.999999+00").time_since_epoch().count() ==
        9'223'371'244'799'999'999);
  CHECK(why_not<utc>("294276-12-31 23:59:59.999999+00") ==
        "does not read as std::chrono::sys_time<microseconds>");
  CHECK_FALSE(why_not<utc>("999999999-01-01 00:00:00+00").empty());
}

TEST_CASE("the first and the last finite time points can be written") {
  CHECK(written(utc::max() - 1us) == "294247-01-10 04:00:54.775806+00");
  CHECK(written(utc::min() + 1us) == "290309-12-21 19:59:05.224193+00 BC");
}

TEST_CASE("random moments read back as they were sent") {
  std::mt19937_64 random{8};
  constexpr std::int64_t range = 200'000LL * 365 * 86'400 * 1'000'000;
  std::uniform_int_distribution<std::int64_t> moments{-range, range};
  for (int round = 0; round < 5'000; ++round) {
    const microseconds since{moments(random)};
    CHECK(read<utc>(written(utc{since})).time_since_epoch() == since);
    CHECK(read<local>(written(local{since})).time_since_epoch() == since);
  }
}

TEST_CASE("days agree with the calendar of the standard library") {
  for (sys_days day = 1580y / January / 1; day < sys_days{2420y / January / 1}; day += days{1}) {
    const year_month_day date{day};
    if (read<year_month_day>(written(date)) != date)
      FAIL_CHECK(written(date));
    if (read<utc>(written(date) + " 00:00:00+00") != day)
      FAIL_CHECK(written(date));
  }
}

TEST_CASE("other time points of the system clock are sent rounded down") {
  const auto since = duration_cast<system_clock::duration>(nanoseconds{-1});
  CHECK(written(sys_time<nanoseconds>{since}) == "1969-12-31 23:59:59.999999+00");
  CHECK(written(sys_seconds{1s}) == "1970-01-01 00:00:01+00");
  STATIC_REQUIRE(freehold::sendable<system_clock::time_point>);
  STATIC_REQUIRE_FALSE(freehold::sendable<sys_days>);
}

TEST_CASE("malformed timestamps are unreadable") {
  for (const char* text : {"",
                           "now",
                           "2024-05-06",
                           "2024-05-06 07:08:09",
                           "2024-05-06T07:08:09+00",
                           "2024-05-06 07:08+00",
                           "2024-05-06 07:08:09 +00",
                           "2024-05-06 07:08:09+0",
                           "2024-05-06 07:08:09+0200",
                           "2024-05-06 07:08:09+16",
                           "2024-05-06 07:08:09+00 AD",
                           "2024-13-06 07:08:09+00",
                           "2024-00-06 07:08:09+00",
                           "2023-02-29 07:08:09+00",
                           "2024-05-00 07:08:09+00",
                           "2024-05-06 24:00:00+00",
                           "2024-05-06 07:60:09+00",
                           "2024-05-06 07:08:60+00",
                           "0000-05-06 07:08:09+00",
                           "06/05/2024 07:08:09 CEST",
                           "Mon May 06 07:08:09 2024 CEST",
                           "24-05-06 07:08:09+00",
                           "2024-05-06 07:08:09Z",
                           "-infinity+00",
                           "infinity BC"}) {
    INFO(text);
    CHECK(why_not<utc>(text) == "does not read as std::chrono::sys_time<microseconds>");
  }
  CHECK_FALSE(why_not<local>("2024-05-06 07:08:09+00").empty());
}

TEST_CASE("a date that is not in the calendar cannot be sent") {
  const auto bound = parameters::of(2023y / February / 29);
  CHECK(bound.problem() == "parameter $1: the date is not in the calendar");
}

TEST_CASE("malformed dates and years out of range are unreadable") {
  for (const char* text : {"", "2024-05", "2024-5-6", "2024-02-30", "1900-02-29", "infinity",
                           "05/06/2024", "2024-05-06 ", "2024-05-06 00:00:00"}) {
    INFO(text);
    CHECK(why_not<year_month_day>(text) == "does not read as std::chrono::year_month_day");
  }
  CHECK(why_not<year_month_day>("32768-01-01") ==
        "does not read as std::chrono::year_month_day: the year is out of range");
}

TEST_CASE("times of day and spans of hours read as microseconds") {
  CHECK(read<microseconds>("07:08:09.5") == clock(7, 8, 9, 500'000));
  CHECK(read<microseconds>("24:00:00") == hours{24});
  CHECK(read<microseconds>("100:00:00") == hours{100});
  CHECK(read<microseconds>("-00:00:00.000001") == microseconds{-1});
  CHECK(written(clock(7, 8, 9)) == "07:08:09");
  CHECK(written(-clock(0, 5, 0, 25)) == "-00:05:00.000025");
}

TEST_CASE("random spans read back as they were sent") {
  std::mt19937_64 random{9};
  for (int round = 0; round < 3'000; ++round) {
    const microseconds value{static_cast<std::int64_t>(random()) / 4};
    CHECK(read<microseconds>(written(value)) == value);
  }
  CHECK(written(microseconds::min()) == "-2562047788:00:54.775808");
}

TEST_CASE("spans without a fixed length are unreadable, and the reason says so") {
  for (const char* text : {"1 day", "1 day 02:03:04", "2 mons", "-1 years +02:00:00"}) {
    CHECK(why_not<microseconds>(text) == "does not read as std::chrono::microseconds: "
                                         "a span of days, months or years has no fixed length");
  }
  for (const char* text : {"", "07:08", "7:08:09", "07:08:09+02", "9999999999:00:00",
                           "12345678901:00:00", "+01:00:00"}) {
    INFO(text);
    CHECK(why_not<microseconds>(text) == "does not read as std::chrono::microseconds");
  }
}
