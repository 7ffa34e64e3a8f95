#include "tests/unit/value_support.hpp"

#include <random>

using freehold::parameters;
using namespace freehold::testing;
using namespace std::string_literals;
using strings = std::vector<std::string>;
using maybe_strings = std::vector<std::optional<std::string>>;

TEST_CASE("arrays of numbers are written without quotes") {
  CHECK(written(std::vector<int>{}) == "{}");
  CHECK(written(std::vector<int>{1, -2, 3}) == "{1,-2,3}");
  CHECK(written(std::vector<double>{0.5, 1e300}) == "{0.5,1e+300}");
  CHECK(written(std::vector<bool>{true, false}) == "{true,false}");
}

TEST_CASE("array elements are quoted where the server would read them otherwise") {
  CHECK(written(strings{"plain", "", "a b", "NULL", "null"}) ==
        R"({plain,"","a b","NULL","null"})");
  CHECK(written(strings{R"(say "hi")", R"(back\slash)", "{}", "a,b"}) ==
        R"({"say \"hi\"","back\\slash","{}","a,b"})");
  CHECK(written(std::vector<const char*>{"a", nullptr}) == "{a,NULL}");
}

TEST_CASE("bytes in an array are written in hexadecimal") {
  const std::vector<std::vector<std::byte>> value{{std::byte{0xde}, std::byte{0}}, {}};
  CHECK(written(value) == R"({"\\xde00","\\x"})");
  CHECK(read<std::vector<std::vector<std::byte>>>(written(value)) == value);
}

TEST_CASE("NULL elements are empty optionals both ways") {
  const std::vector<std::optional<int>> numbers{1, std::nullopt, 3};
  CHECK(written(numbers) == "{1,NULL,3}");
  CHECK(read<std::vector<std::optional<int>>>("{1,NULL,3}") == numbers);
  CHECK(read<maybe_strings>(R"({NULL,"NULL",null})") ==
        maybe_strings{std::nullopt, "NULL", std::nullopt});
}

TEST_CASE("arrays are read with and without quotes and lower bounds") {
  CHECK(read<std::vector<int>>("{}").empty());
  CHECK(read<std::vector<int>>("{1,2,3}") == std::vector<int>{1, 2, 3});
  CHECK(read<std::vector<int>>("[2:4]={1,2,3}") == std::vector<int>{1, 2, 3});
  CHECK(read<std::vector<int>>("[-1:0]={1,2}") == std::vector<int>{1, 2});
  CHECK(read<std::vector<bool>>("{t,f}") == std::vector<bool>{true, false});
  CHECK(read<strings>(R"({a,"","b c","d\"e","f\\g","{,}","h=[i"})") ==
        strings{"a", "", "b c", "d\"e", "f\\g", "{,}", "h=[i"});
}

TEST_CASE("arrays of random strings read back as they were sent") {
  std::mt19937 random{3};
  const std::string letters = "ab{}\",\\ \tNULnul=[]:'\n";
  for (int round = 0; round < 3'000; ++round) {
    maybe_strings value(random() % 6);
    for (auto& each : value) {
      if (random() % 5 == 0)
        continue;
      each.emplace();
      while (random() % 5 != 0)
        *each += letters[random() % letters.size()];
    }
    CHECK(read<maybe_strings>(written(value)) == value);
  }
}

TEST_CASE("malformed array literals are unreadable") {
  for (const char* text :
       {"", "1", "{", "}", "{1", "1}", "{1,}", "{,1}", "{,}", "{1,,2}", "{\"a}", "{\"a\\\"}",
        "{\"a\\", "{a\"b}", "{\"a\"b}", "{a\\b}", "[1:2]", "[1:2{1,2}", "{a}b}"}) {
    INFO(text);
    CHECK(why_not<strings>(text) == "does not read as std::vector<std::string>: not an array");
  }
}

TEST_CASE("arrays of several dimensions are unreadable, and the reason says so") {
  for (const char* text : {"{{1,2},{3,4}}", "[1:1][2:2]={{1}}"}) {
    CHECK(why_not<std::vector<int>>(text) ==
          "does not read as std::vector<std::int32_t>: the array has several dimensions");
  }
}

TEST_CASE("an element that does not fit is named by its number") {
  CHECK(why_not<std::vector<int>>("{1,secret}") == "does not read as std::vector<std::int32_t>: "
                                                   "element 2 does not read as std::int32_t");
  CHECK(why_not<std::vector<int>>("{1,2,NULL}") ==
        "does not read as std::vector<std::int32_t>: element 3 is NULL");
}

TEST_CASE("an element that cannot be sent is named by its number, without its value") {
  const auto bound = parameters::of(1, strings{"good", "sec\0ret"s});
  CHECK(bound.problem() == "parameter $2: element 2: text contains a NUL byte at offset 3");
}
