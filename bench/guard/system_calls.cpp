// A fixed number of point selects on a server, so that this process's system calls can be counted:
// `bench_system_calls REQUESTS`.

#include "bench/guard/fixed_load.hpp"

#include <freehold/freehold.hpp>

#include <string>

namespace bench {
namespace {

namespace fh = freehold;
using namespace std::chrono_literals;

int run(std::int64_t requests) {
  const char* url = std::getenv("FREEHOLD_TEST_URL");
  if (url == nullptr)
    throw std::runtime_error{"run this inside tests/sandbox/sandbox run --"};
  fh::config options = fh::config_from_url(url);
  options.runtime.level = fh::log_level::warn;
  options.databases.front().pool.max_connections = 2;
  options.databases.front().pool.min_connections = 2;
  // Counting is slow: a select must not pass for a slow one.
  options.databases.front().statements.slow_threshold = 1min;
  options.databases.front().statements.timeout = 1min;
  fh::runtime runtime{std::move(options)};
  fixed_load load{runtime.database("primary"),
                  {"select", "SELECT $1::bigint, 'item'", fh::read_only},
                  requests};
  load.begin();
  load.wait();
  return EXIT_SUCCESS;
}

} // namespace
} // namespace bench

int main(int count, char** arguments) {
  try {
    return bench::run(count > 1 ? std::stol(arguments[1]) : 1'000);
  } catch (const std::exception& why) {
    std::fprintf(stderr, "%s\n", why.what());
    return EXIT_FAILURE;
  }
}
