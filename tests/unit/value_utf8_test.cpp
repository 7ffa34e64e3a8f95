#include "runtime/value_utf8.hpp"
#include "tests/support/catch.hpp"

#include <cstdint>
#include <random>
#include <string>

using freehold::first_unsendable_byte;
using namespace std::string_literals;

namespace {

constexpr std::size_t none = std::string_view::npos;

// The encoding as its definition says it, without regard to what is allowed.
std::string encoded(std::uint32_t point) {
  const auto byte = [](std::uint32_t value) { return static_cast<char>(value); };
  const auto tail = [&](int shift) { return byte(0x80 | ((point >> shift) & 0x3f)); };
  if (point < 0x80)
    return {byte(point)};
  if (point < 0x800)
    return {byte(0xc0 | (point >> 6)), tail(0)};
  if (point < 0x10000)
    return {byte(0xe0 | (point >> 12)), tail(6), tail(0)};
  return {byte(0xf0 | (point >> 18)), tail(12), tail(6), tail(0)};
}

} // namespace

TEST_CASE("text of every code point but NUL and the surrogates is sendable") {
  for (std::uint32_t point = 1; point <= 0x10'ffff; ++point) {
    const bool surrogate = point >= 0xd800 && point <= 0xdfff;
    const std::size_t found = first_unsendable_byte(encoded(point));
    if (found != (surrogate ? 0 : none))
      FAIL_CHECK("code point " << point);
  }
}

TEST_CASE("code points past U+10FFFF are refused") {
  CHECK(first_unsendable_byte(encoded(0x11'0000)) == 0);
  CHECK(first_unsendable_byte("ab\xf5\x80\x80\x80") == 2);
  CHECK(first_unsendable_byte("\xff") == 0);
}

TEST_CASE("overlong forms are refused") {
  CHECK(first_unsendable_byte("\xc0\x80") == 0);
  CHECK(first_unsendable_byte("\xc1\xbf") == 0);
  CHECK(first_unsendable_byte("\xe0\x9f\xbf") == 0);
  CHECK(first_unsendable_byte("\xf0\x8f\xbf\xbf") == 0);
}

TEST_CASE("a sequence that is cut short is refused at its first byte") {
  for (const std::uint32_t point : {0xe9U, 0x20acU, 0x1f3e0U}) {
    const std::string whole = encoded(point);
    for (std::size_t cut = 1; cut < whole.size(); ++cut) {
      CHECK(first_unsendable_byte("ab" + whole.substr(0, cut)) == 2);
      CHECK(first_unsendable_byte("ab" + whole.substr(0, cut) + "cdefghijkl") == 2);
    }
  }
}

TEST_CASE("a continuation byte by itself is refused") {
  CHECK(first_unsendable_byte("\x80") == 0);
  CHECK(first_unsendable_byte("a\xbf z") == 1);
}

TEST_CASE("empty text is sendable") {
  CHECK(first_unsendable_byte("") == none);
}

TEST_CASE("a NUL byte is found at every offset of long and short text") {
  for (std::size_t length = 1; length < 40; ++length) {
    for (std::size_t at = 0; at < length; ++at) {
      std::string text(length, 'x');
      text[at] = '\0';
      CHECK(first_unsendable_byte(text) == at);
    }
  }
}

TEST_CASE("one bad byte in random good text is found where it is") {
  std::mt19937 random{7};
  std::uniform_int_distribution<std::uint32_t> points{1, 0xd7ff};
  for (int round = 0; round < 2'000; ++round) {
    std::string text;
    while (text.size() < random() % 60)
      text += encoded(points(random));
    const std::size_t at = text.size();
    CHECK(first_unsendable_byte(text) == none);
    text += "\xfe"s + std::string(random() % 20, 'y');
    CHECK(first_unsendable_byte(text) == at);
  }
}
