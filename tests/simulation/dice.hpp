// Every choice of a simulation.
#pragma once

#include <chrono>
#include <cstdint>
#include <random>
#include <vector>

namespace freehold::simulation {

using std::chrono::microseconds;
using std::chrono::milliseconds;
using time_point = std::chrono::steady_clock::time_point;

/// The same choices for the same seed, with every standard library: none of its
/// distributions, whose algorithms are theirs to choose.
class dice {
public:
  explicit dice(std::uint64_t seed) : engine_{seed} {}

  [[nodiscard]] std::uint64_t bits() { return engine_(); }
  /// From 0 to n - 1; n is small.
  [[nodiscard]] std::uint64_t below(std::uint64_t n) { return engine_() % n; }
  /// Both ends included.
  [[nodiscard]] std::uint64_t between(std::uint64_t least, std::uint64_t most) {
    return least + below(most - least + 1);
  }
  [[nodiscard]] bool chance(double probability) {
    return static_cast<double>(engine_() >> 11) * 0x1.0p-53 < probability;
  }
  [[nodiscard]] milliseconds time(std::int64_t least, std::int64_t most) {
    return milliseconds{
        between(static_cast<std::uint64_t>(least), static_cast<std::uint64_t>(most))};
  }
  template <class T>
  [[nodiscard]] T one_of(std::initializer_list<T> values) {
    return values.begin()[below(values.size())];
  }

private:
  std::mt19937_64 engine_;
};

} // namespace freehold::simulation
