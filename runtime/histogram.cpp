#include "runtime/histogram.hpp"

#include <algorithm>
#include <cmath>

namespace freehold {

namespace {

// The `q`-quantile of buckets in ascending order; `at(i)` gives lower, upper and count.
template <class At>
double quantile_of(double q, std::uint64_t count, std::size_t buckets, At at) {
  if (count == 0)
    return 0.0;
  const double rank = std::max(1.0, std::ceil(q * static_cast<double>(count)));
  double before = 0.0;
  for (std::size_t i = 0; i < buckets; ++i) {
    const distribution::bucket each = at(i);
    const auto here = static_cast<double>(each.count);
    if (before + here < rank) {
      before += here;
      continue;
    }
    return each.lower + (each.upper - each.lower) * (rank - before - 0.5) / here;
  }
  return 0.0; // not reached: the ranks end with the count
}

} // namespace

double quantile(const distribution& of, double q) {
  return quantile_of(q, of.count, of.buckets.size(), [&](std::size_t i) { return of.buckets[i]; });
}

void histogram::merge(const histogram& other) noexcept {
  for (std::size_t i = 0; i < size; ++i)
    counts_[i] += other.counts_[i];
  count_ += other.count_;
  sum_ += other.sum_;
}

std::uint64_t histogram::lower(std::size_t bucket) noexcept {
  constexpr std::size_t fine = std::size_t{1} << fine_bits;
  if (bucket < 2 * fine)
    return bucket;
  const std::size_t octave = bucket / fine; // 2 for the first with buckets of more than one value
  return static_cast<std::uint64_t>(fine + bucket % fine) << (octave - 1);
}

double histogram::quantile(double q) const noexcept {
  return quantile_of(q, count_, size, [this](std::size_t i) {
    return distribution::bucket{static_cast<double>(lower(i)), static_cast<double>(lower(i + 1)),
                                counts_[i]};
  });
}

distribution histogram::shown(double unit) const {
  distribution made;
  made.count = count_;
  made.sum = static_cast<double>(sum_) * unit;
  for (std::size_t i = 0; i < size; ++i) {
    if (counts_[i] > 0)
      made.buckets.push_back({static_cast<double>(lower(i)) * unit,
                              static_cast<double>(lower(i + 1)) * unit, counts_[i]});
  }
  made.p50 = freehold::quantile(made, 0.5);
  made.p95 = freehold::quantile(made, 0.95);
  made.p99 = freehold::quantile(made, 0.99);
  return made;
}

distribution difference(const distribution& later, const distribution& earlier) {
  distribution made;
  if (later.count < earlier.count) // another histogram: the actor was started again
    return later;
  made.count = later.count - earlier.count;
  made.sum = later.sum - earlier.sum;
  auto before = earlier.buckets.begin();
  for (distribution::bucket each : later.buckets) {
    while (before != earlier.buckets.end() && before->lower < each.lower)
      ++before;
    if (before != earlier.buckets.end() && before->lower == each.lower)
      each.count -= std::min(each.count, before->count);
    if (each.count > 0)
      made.buckets.push_back(each);
  }
  made.p50 = quantile(made, 0.5);
  made.p95 = quantile(made, 0.95);
  made.p99 = quantile(made, 0.99);
  return made;
}

} // namespace freehold
