#include "runtime/last_good_cache.hpp"
#include "tests/support/catch.hpp"

using namespace freehold;
using namespace std::chrono_literals;

namespace {

result_set rows(std::size_t size) {
  return make_result_set({"text"}, {{std::string(size, 'x')}});
}

struct cached : last_good_cache {
  fallback_options limits{.cache_entries = 3, .cache_size = 16 * 1024};
  time_point now{};

  void put(const std::string& key, std::size_t size = 10) { keep(key, rows(size), limits, now); }
  bool has(const std::string& key) { return find(key, 1h, now).has_value(); }
};

} // namespace

TEST_CASE_METHOD(cached, "an answer is found with its age, and not when it is too old") {
  put("a");
  now += 1500ms;
  const auto known = find("a", 2s, now);
  REQUIRE(known);
  CHECK(known->age == 1500ms);
  CHECK(known->rows.scalar<std::string>() == "xxxxxxxxxx");
  CHECK_FALSE(find("a", 1s, now));
  CHECK(find("a", 1500ms, now)); // it was kept for who is content with it
  CHECK_FALSE(find("b", 2s, now));
}

TEST_CASE_METHOD(cached, "a newer answer replaces the older and its age") {
  put("a", 10);
  now += 10s;
  put("a", 20);
  CHECK(size() == 1);
  CHECK(find("a", 1s, now)->rows.scalar<std::string>().size() == 20);
}

TEST_CASE_METHOD(cached, "beyond its entries the one used least recently goes") {
  put("a");
  put("b");
  put("c");
  CHECK(has("a")); // used: b is the oldest now
  put("d");
  CHECK(size() == 3);
  CHECK(has("a"));
  CHECK_FALSE(has("b"));
  CHECK(has("c"));
  CHECK(has("d"));
}

TEST_CASE_METHOD(cached, "beyond its bytes several go, keys counted too") {
  put("a", 5'000);
  put("b", 5'000);
  put("c", 12'000);
  CHECK(has("c"));
  CHECK(size() == 1);
  CHECK(bytes() <= limits.cache_size);
  put(std::string(10'000, 'k'), 100);
  CHECK(size() == 1);
  CHECK(bytes() <= limits.cache_size);
}

TEST_CASE_METHOD(cached,
                 "what is too large alone is not kept, nor is what it would have replaced") {
  put("a");
  put("b");
  put("a", 20'000);
  CHECK_FALSE(has("a"));
  CHECK(has("b"));
  limits.cache_entries = 0;
  put("c");
  CHECK_FALSE(has("c"));
}

TEST_CASE_METHOD(cached, "its count of bytes stays right over many answers") {
  for (int i = 0; i < 1000; ++i)
    put(std::to_string(i % 7), std::size_t(i % 50) * 100);
  CHECK(size() <= 3);
  limits.cache_entries = 1;
  put("last", 1);
  CHECK(size() == 1);
  CHECK(bytes() < 1'000);
}
