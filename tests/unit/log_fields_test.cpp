#include "runtime/log_fields.hpp"
#include "tests/support/catch.hpp"

#include <array>
#include <random>
#include <vector>

using namespace freehold;
using namespace std::chrono_literals;

namespace {

std::vector<std::string> keys_of(std::string_view line) {
  std::vector<std::string> keys;
  CHECK(for_each_field(split_line(line).fields, [&](field&& one) { keys.emplace_back(one.key); }));
  return keys;
}

std::string value_of(std::string_view line, std::string_view key) {
  std::string value;
  for_each_field(split_line(line).fields, [&](field&& one) {
    if (one.key == key)
      value = one.value;
  });
  return value;
}

} // namespace

TEST_CASE("fields stand at the end of a line, in one order") {
  const std::string line = to_line("the query was slow", {.database = "primary",
                                                          .query = "000001",
                                                          .connection = 3,
                                                          .statement = "homes_in_city",
                                                          .error = "server_error",
                                                          .attempt = 2,
                                                          .time = 731'204us,
                                                          .waited = 4us,
                                                          .ran = 0us,
                                                          .left_out = 9});
  CHECK(line == "the query was slow [database=primary query=000001 connection=3 "
                "statement=homes_in_city error=server_error attempt=2 time_ms=731.204 "
                "waited_ms=0.004 ran_ms=0.000 left_out=9]");
  CHECK(split_line(line).message == "the query was slow");
}

TEST_CASE("a line without fields is the message") {
  CHECK(to_line("runtime/primary started", {}) == "runtime/primary started");
  CHECK(split_line("runtime/primary started").message == "runtime/primary started");
  CHECK(split_line("").message.empty());
}

TEST_CASE("nobody's text makes fields, nor a line of its own") {
  for (const std::string text :
       {"gone [query=abcdef]", " [connection=1]", "gone []", "gone [statement=\"x\"]"}) {
    INFO(text);
    const std::string line = to_line(text, {});
    CHECK(split_line(line).message == text);
    CHECK(split_line(line).fields.empty());
  }
  const std::string line = to_line("a\nb\r\x1b[31m", {.statement = "x\n[y \"z\" \\"});
  CHECK(line == R"(a b  [31m [statement="x \[y \"z\" \\"])");
  CHECK(value_of(line, "statement") == "x [y \"z\" \\");
}

TEST_CASE("brackets that hold anything else belong to the message") {
  for (const std::string text :
       {"see [RFC 3339]", "see [colour=red]", "see [connection=x]", "see [connection=01]",
        "see [attempt=1.]", "see [query=abcdef ]", "see [query=]", "see [statement=\"x]",
        "see [statement=\"x\"y]", "see [statement=\"x\\]", "[query=abcdef]", "]", "see [query"}) {
    INFO(text);
    CHECK(split_line(text).message == text);
  }
}

TEST_CASE("what is said is what is read, whatever it is") {
  constexpr std::array pieces{" [",     "]",           "[",         "\"",           "\\", "=",
                              "query=", "connection=", "7",         "statement=\"", " ",  "x",
                              "\xff",   "database=p",  "repeats=3", "\xc3\xa9"};
  std::mt19937 engine{4711};
  const auto any_text = [&] {
    std::string text;
    for (auto n = engine() % 9; n > 0; --n)
      text += pieces[engine() % pieces.size()];
    return text;
  };
  for (int i = 0; i < 20'000; ++i) {
    const std::string message = any_text();
    const std::string name = any_text();
    log_fields about;
    about.statement = name;
    if (i % 3 == 0)
      about.database = "primary";
    const std::string line = to_line(message, about);
    INFO(line);
    REQUIRE(split_line(line).message == message);
    REQUIRE(value_of(line, "statement") == name);
    const auto expected = static_cast<std::size_t>((i % 3 == 0 ? 1 : 0) + (name.empty() ? 0 : 1));
    REQUIRE(keys_of(line).size() == expected);
  }
}

TEST_CASE("a count is said in the message and is a field") {
  const std::string one = with_repeats("lost [database=primary]", "(2 more)", 2);
  CHECK(one == "lost (2 more) [database=primary repeats=2]");
  CHECK(with_repeats("lost", "(2 more)", 2) == "lost (2 more) [repeats=2]");
}
