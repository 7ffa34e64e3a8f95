#include "runtime/histogram.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/near.hpp"

#include <algorithm>
#include <random>
#include <vector>

using namespace freehold;
using freehold::testing::near;

TEST_CASE("each value lies in its bucket, and a bucket is an eighth wide at most") {
  std::vector<std::uint64_t> values{0, 1, 7, 8, 15, 16, 17, 18, 1'000, 1'000'000, 1'500'000'000};
  for (unsigned bit = 0; bit < 42; ++bit)
    for (const std::uint64_t off : {0U, 1U})
      values.push_back((std::uint64_t{1} << bit) - off);
  for (const std::uint64_t value : values) {
    const std::size_t bucket = histogram::index(value);
    INFO(value);
    CHECK(histogram::lower(bucket) <= value);
    CHECK(value < histogram::lower(bucket + 1));
    CHECK((histogram::lower(bucket + 1) - histogram::lower(bucket) - 1) * 8 <= value);
  }
  CHECK(histogram::index(~std::uint64_t{0}) == histogram::size - 1);
}

TEST_CASE("buckets follow each other without a gap") {
  for (std::size_t i = 0; i + 1 < histogram::size; ++i) {
    CHECK(histogram::lower(i) < histogram::lower(i + 1));
    CHECK(histogram::index(histogram::lower(i)) == i);
    CHECK(histogram::index(histogram::lower(i + 1) - 1) == i);
  }
}

TEST_CASE("quantiles are within an eighth of the true ones; sum and count are exact") {
  std::mt19937_64 engine{4711};
  std::lognormal_distribution<double> latency{13.0, 1.5};
  histogram seen;
  std::vector<std::uint64_t> all;
  std::uint64_t sum = 0;
  for (int i = 0; i < 20'000; ++i) {
    const auto value = static_cast<std::uint64_t>(latency(engine));
    seen.record(value);
    all.push_back(value);
    sum += value;
  }
  std::sort(all.begin(), all.end());
  CHECK(seen.count() == all.size());
  CHECK(seen.sum() == sum);
  for (const double q : {0.01, 0.5, 0.95, 0.99, 0.999}) {
    const auto truth = static_cast<double>(all[static_cast<std::size_t>(q * 20'000.0) - 1]);
    CHECK(near(seen.quantile(q), truth, 0.125));
  }
}

TEST_CASE("of nothing all is zero, of one all quantiles are that one") {
  histogram seen;
  CHECK(seen.quantile(0.99) == 0.0);
  CHECK(seen.shown(1.0).buckets.empty());
  seen.record(1'000'000);
  for (const double q : {0.0, 0.5, 1.0})
    CHECK(near(seen.quantile(q), 1'000'000, 0.07));
}

TEST_CASE("merged is as if one had recorded all") {
  histogram one;
  histogram other;
  histogram both;
  for (std::uint64_t i = 0; i < 1'000; ++i) {
    (i % 3 == 0 ? one : other).record(i * i);
    both.record(i * i);
  }
  one.merge(other);
  CHECK(one.count() == both.count());
  CHECK(one.sum() == both.sum());
  for (const double q : {0.1, 0.5, 0.9})
    CHECK(one.quantile(q) == both.quantile(q));
}

TEST_CASE("what is shown is in the unit asked for, and what came since can be told") {
  histogram seen;
  for (int i = 0; i < 100; ++i)
    seen.record(1'000'000); // 1 ms
  const distribution before = seen.shown(1e-9);
  CHECK(before.count == 100);
  CHECK(near(before.sum, 0.1, 1e-9));
  CHECK(near(before.p50, 0.001, 0.07));
  for (int i = 0; i < 10; ++i)
    seen.record(50'000'000);
  const distribution since = freehold::difference(seen.shown(1e-9), before);
  CHECK(since.count == 10);
  CHECK(near(since.sum, 0.5, 1e-9));
  CHECK(near(since.p50, 0.05, 0.07));
  REQUIRE(since.buckets.size() == 1);
  CHECK(freehold::difference(before, before).count == 0);
  // Started again: less than before is not a difference.
  CHECK(freehold::difference(before, seen.shown(1e-9)).count == 100);
}
