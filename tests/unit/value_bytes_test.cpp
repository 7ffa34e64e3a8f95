#include <freehold/result_set.hpp>

#include "tests/unit/value_support.hpp"

#include <random>
#include <unordered_set>

using freehold::failure;
using freehold::parameters;
using freehold::uuid;
using freehold::testing::read;
using bytes = std::vector<std::byte>;

namespace {

bytes of(std::initializer_list<int> values) {
  bytes made;
  for (int value : values)
    made.push_back(static_cast<std::byte>(value));
  return made;
}

// As the server writes it with bytea_output = escape.
std::string escaped(const bytes& value) {
  std::string text;
  for (std::byte each : value) {
    const auto code = std::to_integer<unsigned>(each);
    if (code == '\\') {
      text += "\\\\";
    } else if (code < 0x20 || code > 0x7e) {
      text += '\\';
      for (unsigned shift : {6U, 3U, 0U})
        text += static_cast<char>('0' + ((code >> shift) & 7));
    } else {
      text += static_cast<char>(code);
    }
  }
  return text;
}

uuid random_uuid(std::mt19937& random) {
  uuid made;
  for (std::byte& each : made.bytes)
    each = static_cast<std::byte>(random());
  return made;
}

constexpr const char* hyphenated = "a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11";

} // namespace

TEST_CASE("bytea reads in hexadecimal of either case") {
  CHECK(read<bytes>("\\x").empty());
  CHECK(read<bytes>("\\x00ff7E") == of({0, 255, 0x7e}));
}

TEST_CASE("bytea reads in the escape format") {
  CHECK(read<bytes>("").empty());
  CHECK(read<bytes>("ab\\\\c\\000\\377") == of({'a', 'b', '\\', 'c', 0, 255}));
}

TEST_CASE("random bytes in the escape format read back") {
  std::mt19937 random{4};
  for (int round = 0; round < 500; ++round) {
    bytes value(random() % 50);
    for (std::byte& each : value)
      each = static_cast<std::byte>(random());
    CHECK(read<bytes>(escaped(value)) == value);
  }
}

TEST_CASE("malformed bytea is unreadable") {
  for (const char* text :
       {"\\x0", "\\x0g", "\\xzz", "\\", "a\\", "\\1", "\\12", "\\400", "\\789", "\\a"}) {
    INFO(text);
    CHECK_THROWS_AS(read<bytes>(text), failure);
  }
}

TEST_CASE("a uuid reads back from what it is written as") {
  std::mt19937 random{5};
  for (int round = 0; round < 500; ++round) {
    const uuid value = random_uuid(random);
    CHECK((uuid::parse(value.to_string()) == value));
    CHECK((read<uuid>(parameters::of(value).data(0)) == value));
  }
}

TEST_CASE("a uuid is written hyphenated and in lower case") {
  const auto value = uuid::parse("A0EEBC999C0B4EF8BB6D6BB9BD380A11");
  REQUIRE(value);
  CHECK(value->to_string() == hyphenated);
}

TEST_CASE("what is not a uuid does not parse") {
  const std::string good{hyphenated};
  CHECK_FALSE(uuid::parse(""));
  CHECK_FALSE(uuid::parse(good.substr(1)));
  CHECK_FALSE(uuid::parse(good + "1"));
  CHECK_FALSE(uuid::parse("{" + good + "}"));
  CHECK_FALSE(uuid::parse("g" + good.substr(1)));
  CHECK_FALSE(uuid::parse("a0eebc999-c0b-4ef8-bb6d-6bb9bd380a11"));
  CHECK_FALSE(uuid::parse("a0eebc99x9c0bx4ef8xbb6dx6bb9bd380a11"));
  CHECK_THROWS_AS(read<uuid>("secret"), failure);
}

TEST_CASE("uuids are ordered as their text is, and can be keys") {
  std::mt19937 random{6};
  std::unordered_set<uuid> known;
  for (int round = 0; round < 200; ++round) {
    const uuid a = random_uuid(random);
    const uuid b = random_uuid(random);
    CHECK((a < b) == (a.to_string() < b.to_string()));
    CHECK(known.insert(a).second);
    CHECK_FALSE(known.insert(a).second);
  }
}
