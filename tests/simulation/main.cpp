// freehold_simulation [--seed N] [--seeds M] [--verbose] [--replay]
//
// Simulates the seeds N to N + M - 1, and stops at the first that breaks a law.

#include "tests/simulation/simulation.hpp"

#include <charconv>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <stdexcept>
#include <string>

namespace freehold::simulation {
namespace {

struct order {
  std::uint64_t seed = 1;
  std::uint64_t seeds = 1;
  bool verbose = false; ///< print what happens
  bool replay = false;  ///< run each seed twice, and compare
};

std::uint64_t number(const char* text) {
  std::uint64_t value = 0;
  const char* const end = text + std::strlen(text);
  const auto [stopped, problem] = std::from_chars(text, end, value);
  if (problem != std::errc{} || stopped != end)
    throw std::invalid_argument{std::string{"not a number: "} + text};
  return value;
}

order parse(int count, char** arguments) {
  order given;
  for (int i = 1; i < count; ++i) {
    const std::string name = arguments[i];
    if (name == "--verbose")
      given.verbose = true;
    else if (name == "--replay")
      given.replay = true;
    else if ((name == "--seed" || name == "--seeds") && i + 1 < count)
      (name == "--seed" ? given.seed : given.seeds) = number(arguments[++i]);
    else
      throw std::invalid_argument{"usage: freehold_simulation [--seed N] [--seeds M] [--verbose] "
                                  "[--replay]; not understood: " +
                                  name};
  }
  return given;
}

// Ends the process there and then: the stacks of a broken simulation cannot be unwound.
[[noreturn]] void fail(const char* program, std::uint64_t seed, const verdict& laws) {
  std::printf("seed %llu breaks a law\n", static_cast<unsigned long long>(seed));
  for (const std::string& each : laws.findings())
    std::printf("  %s\n", each.c_str());
  std::printf("replay: %s --seed %llu --verbose\n", program, static_cast<unsigned long long>(seed));
  std::fflush(stdout);
  std::_Exit(EXIT_FAILURE);
}

int run(const order& given, const char* program) {
  fibers stacks;
  const auto begun = std::chrono::steady_clock::now();
  std::uint64_t turns = 0;
  std::size_t requests = 0;
  std::size_t succeeded = 0;
  for (std::uint64_t seed = given.seed; seed < given.seed + given.seeds; ++seed) {
    result_of_seed found = simulate(seed, stacks, given.verbose);
    if (found.laws.holds() && given.replay && simulate(seed, stacks, false).digest != found.digest)
      found.laws.broken("determinism", "a second run took other turns");
    if (!found.laws.holds())
      fail(program, seed, found.laws);
    turns += found.turns;
    requests += found.requests;
    succeeded += found.succeeded;
  }
  const std::chrono::duration<double> took = std::chrono::steady_clock::now() - begun;
  std::printf("%llu seeds in %.1f s: %llu turns, %zu requests, %zu of them succeeded\n",
              static_cast<unsigned long long>(given.seeds), took.count(),
              static_cast<unsigned long long>(turns), requests, succeeded);
  return EXIT_SUCCESS;
}

} // namespace
} // namespace freehold::simulation

int main(int count, char** arguments) {
  try {
    return freehold::simulation::run(freehold::simulation::parse(count, arguments), arguments[0]);
  } catch (const std::exception& why) {
    std::fprintf(stderr, "%s\n", why.what());
    return EXIT_FAILURE;
  }
}
