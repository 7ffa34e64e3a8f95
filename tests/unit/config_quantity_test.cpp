#include "config/nearest.hpp"
#include "config/quantity.hpp"
#include "tests/support/catch.hpp"

using namespace freehold::configuration;
using namespace std::chrono_literals;

TEST_CASE("durations are read with any unit, with or without a space", "[config]") {
  CHECK(parse_duration("100 ms") == 100ms);
  CHECK(parse_duration("5s") == 5s);
  CHECK(parse_duration("1 min") == 1min);
  CHECK(parse_duration("2 h") == 2h);
  CHECK(parse_duration("7 d") == 168h);
  CHECK(parse_duration("1.5 s") == 1500ms);
  CHECK(parse_duration(" 3 s ") == 3s);
  CHECK(parse_duration("0") == 0ms);
  CHECK(parse_duration("0 s") == 0ms);
}

TEST_CASE("what is not a duration is refused", "[config]") {
  for (const char* const text : {"", "5", "s", "-5 s", "5 m", "5 sec", "five s", "5 s 3 ms",
                                 "1e3 s", "0.1 ms", "inf s", "nan s", "99999999999999999 d"}) {
    INFO(text);
    CHECK_FALSE(parse_duration(text));
  }
}

TEST_CASE("sizes are read in binary units or bytes", "[config]") {
  CHECK(parse_size("64 MiB") == 64u * 1024 * 1024);
  CHECK(parse_size("16KiB") == 16u * 1024);
  CHECK(parse_size("1 GiB") == 1024u * 1024 * 1024);
  CHECK(parse_size("512 B") == 512u);
  CHECK(parse_size("512") == 512u);
  for (const char* const text : {"", "-1", "1 MB", "0.5 B", "1 mib", "KiB"}) {
    INFO(text);
    CHECK_FALSE(parse_size(text));
  }
}

TEST_CASE("fractions are read as a number or in per cent", "[config]") {
  CHECK(parse_fraction("0.5") == 0.5);
  CHECK(parse_fraction("50 %") == 0.5);
  CHECK(parse_fraction("50%") == 0.5);
  CHECK_FALSE(parse_fraction("half"));
  CHECK_FALSE(parse_fraction("5 s"));
}

TEST_CASE("quantities are shown in the largest unit that is exact", "[config]") {
  CHECK(format_duration(30s) == "30 s");
  CHECK(format_duration(600s) == "10 min");
  CHECK(format_duration(1500ms) == "1500 ms");
  CHECK(format_duration(0ms) == "0");
  CHECK(format_duration(-5s) == "-5 s");
  CHECK(format_size(64u * 1024 * 1024) == "64 MiB");
  CHECK(format_size(1000) == "1000 B");
  CHECK(format_fraction(0.2) == "20 %");
}

TEST_CASE("the edit distance counts a swap of neighbours once", "[config]") {
  CHECK(edit_distance("", "abc") == 3);
  CHECK(edit_distance("abc", "abc") == 0);
  CHECK(edit_distance("hots", "host") == 1);
  CHECK(edit_distance("kitten", "sitting") == 3);
}

TEST_CASE("the nearest word is found, and none when nothing is near", "[config]") {
  const std::vector<std::string> words{"host", "port", "user", "max_connections"};
  CHECK(nearest("max_conections", words) == "max_connections");
  CHECK(nearest("hots", words) == "host");
  CHECK_FALSE(nearest("completely_different", words));
  CHECK_FALSE(nearest("q", words));
  CHECK(suggestion("usr", words) == "; did you mean user?");
  CHECK(suggestion("zzzzzz", words).empty());
}
