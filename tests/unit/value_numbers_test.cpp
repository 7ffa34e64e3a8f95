#include "tests/unit/value_support.hpp"

#include <bit>
#include <cmath>
#include <limits>
#include <random>

using namespace freehold::testing;

namespace {

template <class T>
void round_trip(std::mt19937_64& random) {
  for (int round = 0; round < 2'000; ++round) {
    const auto value = static_cast<T>(random() >> (random() % 64));
    CHECK(read<T>(written(value)) == value);
  }
  for (const T value : {std::numeric_limits<T>::min(), T{0}, std::numeric_limits<T>::max()}) {
    CHECK(read<T>(written(value)) == value);
  }
}

template <class T, class Bits>
void round_trip_floating(std::mt19937_64& random) {
  for (int round = 0; round < 5'000; ++round) {
    const auto value = std::bit_cast<T>(static_cast<Bits>(random()));
    if (!std::isfinite(value))
      continue;
    CHECK(std::bit_cast<Bits>(read<T>(written(value))) == std::bit_cast<Bits>(value));
  }
}

} // namespace

TEST_CASE("integers read back as they were sent") {
  std::mt19937_64 random{1};
  round_trip<short>(random);
  round_trip<int>(random);
  round_trip<long>(random);
  round_trip<long long>(random);
  round_trip<unsigned short>(random);
  round_trip<unsigned int>(random);
}

TEST_CASE("floating-point numbers read back to the last bit") {
  std::mt19937_64 random{2};
  round_trip_floating<double, std::uint64_t>(random);
  round_trip_floating<float, std::uint32_t>(random);
  CHECK(std::signbit(read<double>(written(-0.0))));
}

TEST_CASE("floating-point numbers are sent with the fewest digits") {
  CHECK(written(0.1) == "0.1");
  CHECK(written(0.1F) == "0.1");
  CHECK(written(1e300) == "1e+300");
}

TEST_CASE("infinities and NaN are the server's words") {
  constexpr double infinity = std::numeric_limits<double>::infinity();
  CHECK(written(infinity) == "Infinity");
  CHECK(written(-infinity) == "-Infinity");
  CHECK(written(std::copysign(std::nan(""), -1.0)) == "NaN");
  CHECK(read<double>("Infinity") == infinity);
  CHECK(read<double>("-Infinity") == -infinity);
  CHECK(std::isnan(read<double>("NaN")));
  CHECK(std::isinf(read<float>("Infinity")));
}

TEST_CASE("a number out of range is unreadable") {
  const std::string reason = ": the number is out of range";
  CHECK(why_not<std::int16_t>("32768") == "does not read as std::int16_t" + reason);
  CHECK(why_not<std::int32_t>("-2147483649") == "does not read as std::int32_t" + reason);
  CHECK(why_not<std::int64_t>("9223372036854775808") == "does not read as std::int64_t" + reason);
  CHECK(why_not<std::uint16_t>("65536") == "does not read as std::uint16_t" + reason);
  CHECK(why_not<std::uint32_t>("4294967296") == "does not read as std::uint32_t" + reason);
  CHECK(why_not<float>("1e300") == "does not read as float" + reason);
  CHECK(why_not<double>("1e999") == "does not read as double" + reason);
}

TEST_CASE("anything before or after a number makes it unreadable") {
  for (const char* text : {"", " 1", "1 ", "1.0", "0x1", "+1", "1,000", "one", "--1", "-"}) {
    CHECK(why_not<int>(text) == "does not read as std::int32_t");
  }
  for (const char* text : {"", " 1", "1.5 ", "1.5x", "1,5", ".", "0x1p3"}) {
    CHECK(why_not<double>(text) == "does not read as double");
  }
}

TEST_CASE("a negative number is not an unsigned one") {
  CHECK_FALSE(why_not<unsigned>("-1").empty());
}

TEST_CASE("numeric reads as its text or as a double") {
  CHECK(read<std::string>("12345678901234567890.10") == "12345678901234567890.10");
  CHECK(read<double>("850.00") == 850.0);
  CHECK(read<double>("7") == 7.0);
}

TEST_CASE("bool reads t and f and nothing else") {
  CHECK(read<bool>("t"));
  CHECK_FALSE(read<bool>("f"));
  for (const char* text : {"", "true", "T", "1", "tf"}) {
    CHECK(why_not<bool>(text) == "does not read as bool");
  }
}
