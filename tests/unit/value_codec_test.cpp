#include <freehold/value.hpp>

#include "tests/support/catch.hpp"

#include <cstring>

using freehold::parameters;
using namespace std::string_literals;

namespace {

std::string text(const parameters& from, std::size_t i) {
  REQUIRE(from.data(i) != nullptr);
  return {from.data(i), static_cast<std::size_t>(from.length(i))};
}

enum class status { free, rented };

} // namespace

template <>
struct freehold::value_codec<status> {
  static constexpr std::string_view name = "status";
  static void encode(parameters& to, status value) {
    to.add(value == status::free ? "free" : "rented");
  }
  static status decode(cell_view cell) {
    if (cell.text() == "free")
      return status::free;
    if (cell.text() == "rented")
      return status::rented;
    unreadable(name, "neither free nor rented");
  }
};

TEST_CASE("parameters are in the order in which they were given") {
  const auto bound = parameters::of(42, "Lyon", true, 2.5, "two"s, std::string_view{"three"});
  REQUIRE(bound.size() == 6);
  CHECK(text(bound, 0) == "42");
  CHECK(text(bound, 1) == "Lyon");
  CHECK(text(bound, 2) == "true");
  CHECK(text(bound, 3) == "2.5");
  CHECK(text(bound, 4) == "two");
  CHECK(text(bound, 5) == "three");
  CHECK_FALSE(bound.problem());
}

TEST_CASE("no parameters are empty") {
  CHECK(parameters{}.empty());
  CHECK(parameters::of().size() == 0);
}

TEST_CASE("every value ends with a NUL") {
  const auto bound = parameters::of("a", "", "bcd"s, 7);
  for (std::size_t i = 0; i < bound.size(); ++i) {
    CHECK(std::strlen(bound.data(i)) == static_cast<std::size_t>(bound.length(i)));
  }
}

TEST_CASE("NULL has no data, and empty text is not NULL") {
  const char* nothing = nullptr;
  const auto bound = parameters::of(nullptr, std::nullopt, std::optional<int>{}, nothing, "");
  for (std::size_t i = 0; i < 4; ++i) {
    CHECK(bound.data(i) == nullptr);
    CHECK(bound.is_null(i));
    CHECK(bound.length(i) == 0);
  }
  CHECK_FALSE(bound.is_null(4));
  CHECK(text(bound, 4).empty());
}

TEST_CASE("a full optional is sent as its value") {
  CHECK(text(parameters::of(std::optional{7}), 0) == "7");
  CHECK(text(parameters::of(std::optional{"x"s}), 0) == "x");
}

TEST_CASE("a character array is sent up to its NUL") {
  char buffer[32] = "short";
  char full[3] = {'a', 'b', 'c'};
  char* pointer = buffer;
  const auto bound = parameters::of(buffer, full, pointer);
  CHECK(text(bound, 0) == "short");
  CHECK(text(bound, 1) == "abc");
  CHECK(text(bound, 2) == "short");
}

TEST_CASE("binary values keep their NUL bytes") {
  const std::vector<std::byte> bytes{std::byte{0}, std::byte{255}, std::byte{0}};
  const auto bound = parameters::of(bytes, std::span{bytes}, "text");
  CHECK(bound.is_binary(0));
  CHECK(bound.is_binary(1));
  CHECK_FALSE(bound.is_binary(2));
  CHECK(text(bound, 0) == "\0\xff\0"s);
  CHECK_FALSE(bound.problem());
}

TEST_CASE("a copy and its original do not share anything") {
  auto original = parameters::of("one", 2);
  const parameters copy = original;
  original.add("three");
  CHECK(copy.size() == 2);
  CHECK(original.size() == 3);
  CHECK(copy.data(0) != original.data(0));
  CHECK(text(copy, 0) == "one");
}

TEST_CASE("a move takes the values along, short and long ones") {
  for (const std::size_t length : {1U, 5'000U}) {
    auto original = parameters::of(std::string(length, 'x'), nullptr, "end");
    const parameters moved = std::move(original);
    REQUIRE(moved.size() == 3);
    CHECK(text(moved, 0) == std::string(length, 'x'));
    CHECK(moved.is_null(1));
    CHECK(text(moved, 2) == "end");
  }
}

TEST_CASE("text with a NUL byte is refused with its place, without its value") {
  const auto bound = parameters::of(1, "sec\0ret"s, 3);
  CHECK(bound.problem() == "parameter $2: text contains a NUL byte at offset 3");
  REQUIRE(bound.size() == 3);
  CHECK(bound.is_null(1));
  CHECK(text(bound, 2) == "3");
}

TEST_CASE("malformed UTF-8 is refused with its place, without its value") {
  const auto bound = parameters::of("secret\xc3(");
  CHECK(bound.problem() == "parameter $1: text is not valid UTF-8 at offset 6");
}

TEST_CASE("only the first problem is kept") {
  parameters bound = parameters::of("\xff", "a\0"s);
  bound.refuse("later");
  CHECK(bound.size() == 3);
  CHECK(bound.problem() == "parameter $1: text is not valid UTF-8 at offset 0");
}

TEST_CASE("a field larger than the server takes is refused") {
  // Never read: the size is looked at first.
  const std::byte byte{};
  parameters bound;
  bound.add_binary({&byte, parameters::largest_field + 1});
  CHECK(bound.problem() ==
        "parameter $1: 1073741824 bytes are more than a field of the server holds (1073741823)");
}

TEST_CASE("a type of the program's own is sent through its codec, in arrays too") {
  const auto bound = parameters::of(status::rented, std::optional{status::free},
                                    std::vector{status::free, status::rented});
  CHECK(text(bound, 0) == "rented");
  CHECK(text(bound, 1) == "free");
  CHECK(text(bound, 2) == "{free,rented}");
  STATIC_REQUIRE(freehold::readable<std::vector<std::optional<status>>>);
  CHECK(freehold::value_codec<std::optional<status>>::name == "std::optional<status>");
}

TEST_CASE("types without a conversion are neither sendable nor readable") {
  struct stranger {};
  STATIC_REQUIRE_FALSE(freehold::sendable<stranger>);
  STATIC_REQUIRE_FALSE(freehold::sendable<char>);
  STATIC_REQUIRE_FALSE(freehold::sendable<std::uint64_t>);
  STATIC_REQUIRE_FALSE(freehold::readable<stranger>);
  STATIC_REQUIRE_FALSE(freehold::readable<std::string_view>); // it would dangle
  STATIC_REQUIRE_FALSE(freehold::readable<std::vector<std::vector<int>>>);
}
