// A side's program: measures one cell and prints what it saw as JSON.

#include "bench/harness/arguments.hpp"
#include "bench/harness/closed_loop.hpp"
#include "bench/harness/waiting.hpp"

#include <nlohmann/json.hpp>

#include <chrono>
#include <cstdlib>
#include <fstream>
#include <iostream>
#include <thread>

namespace bench {
namespace {

using clock = std::chrono::steady_clock;
using json = nlohmann::json;

/// In bytes. Not `ru_maxrss`, which remembers the process that started this one.
std::uint64_t peak_memory() {
  std::ifstream status{"/proc/self/status"};
  std::string word;
  while (status >> word) {
    std::uint64_t kilobytes = 0;
    if (word == "VmHWM:" && status >> kilobytes)
      return kilobytes * 1'024;
  }
  return 0;
}

json measured_loop(side& on, const cell& how) {
  const measurement seen = run_closed_loop(on, how);
  const auto answered = double(seen.took.count() + seen.slow);
  const double each = answered > 0 ? 1e6 / answered : 0;
  const double rate = double(seen.took.count()) / seen.seconds;
  return {{"style", seen.threads ? "threads" : "completions"},
          {"seconds", seen.seconds},
          {"requests", seen.took.count()},
          {"rate", rate},
          {"rows_rate", how.what == operation::rows ? json(rate * double(range)) : json()},
          {"slow", seen.slow},
          {"failed", seen.failed},
          {"failure", seen.failure},
          {"unanswered", seen.unanswered},
          {"starved", seen.starved},
          {"p50_us", seen.took.quantile(0.5)},
          {"p99_us", seen.took.quantile(0.99)},
          {"max_us", seen.took.longest()},
          {"cpu_user_us", seen.user_seconds * each},
          {"cpu_system_us", seen.system_seconds * each},
          {"cpu_us", (seen.user_seconds + seen.system_seconds) * each},
          {"peak_memory_bytes", peak_memory()}};
}

json measured_stream(side& on, const cell& how) {
  const std::uint64_t before = peak_memory();
  const clock::time_point begun = clock::now();
  on.stream(how.rows);
  const double seconds = std::chrono::duration<double>(clock::now() - begun).count();
  return {{"seconds", seconds},
          {"rows_rate", double(how.rows) / seconds},
          {"memory_before_bytes", before},
          {"peak_memory_bytes", peak_memory()}};
}

json measured_waiting(side& on, const cell& how) {
  const waiting_measurement seen = measure_waiting(on, how);
  return {{"waiting_bytes", seen.bytes},
          {"waiting_resident_bytes", seen.resident_bytes},
          {"requests", seen.right},
          {"failed", seen.failed},
          {"failure", seen.failure},
          {"unanswered", seen.lost},
          {"longest_wait_us", seen.longest_us},
          {"peak_memory_bytes", peak_memory()}};
}

/// Makes the whole side again and again.
json measured_connect(const cell& how) {
  cell bare = how;
  bare.unnamed = true; // what is prepared at connect is not the question here
  latency took;
  std::string description;
  const clock::time_point begun = clock::now();
  while (took.count() < 3 || clock::now() - begun < std::chrono::duration<double>{how.seconds}) {
    const clock::time_point from = clock::now();
    const std::unique_ptr<side> made = make_side(bare);
    took.add(clock::now() - from);
    description = made->description();
    // The server needs a while to see the last ones off; it is not measured.
    std::this_thread::sleep_for(std::chrono::milliseconds{50});
  }
  return {{"description", description},
          {"requests", took.count()},
          {"p50_us", took.quantile(0.5)},
          {"max_us", took.longest()}};
}

json measured(const cell& how) {
  if (how.what == operation::connect)
    return measured_connect(how);
  const std::unique_ptr<side> on = make_side(how);
  json seen = how.what == operation::stream ? measured_stream(*on, how)
              : how.what == operation::wait ? measured_waiting(*on, how)
                                            : measured_loop(*on, how);
  seen["description"] = on->description();
  if (seen.value("unanswered", 0) > 0) { // someone still holds on to what would go now
    std::cout << seen << std::endl;
    std::quick_exit(EXIT_SUCCESS);
  }
  return seen;
}

} // namespace
} // namespace bench

int main(int count, char** arguments) {
  try {
    std::cout << bench::measured(bench::parse_arguments(count, arguments)) << std::endl;
    return EXIT_SUCCESS;
  } catch (const std::exception& why) {
    std::cerr << arguments[0] << ": " << why.what() << std::endl;
    return EXIT_FAILURE;
  }
}
