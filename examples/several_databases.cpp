// Two databases of one runtime, one of them behind a pooler; a large result that
// is read a chunk at a time; and what a pool says about itself.

#include <freehold/freehold.hpp>

#include <cstdlib>
#include <iostream>

namespace fh = freehold;

// Usually a file: fh::load_config("freehold.toml"). docs/CONFIGURATION.md has
// every option. The variables are those of tests/sandbox/sandbox.
constexpr const char* configuration = R"(
[runtime]
service = "example-several"

[database.primary]
url = "${FREEHOLD_TEST_URL}"
pool.max_connections = 4

[database.reports]
url = "${FREEHOLD_TEST_POOLER_URL}"
pool.max_connections = 2
pool.min_connections = 1
statements.timeout = "30 s"
)";

const fh::statement numbers{"numbers", "SELECT n, n % 7 FROM generate_series(1, $1::int) n",
                            fh::read_only};

// The sum of the second column, with no more than a chunk in memory.
std::int64_t sum_of_remainders(const fh::database& db, int rows) {
  std::int64_t sum = 0;
  fh::row_stream stream = db.stream(fh::bind(numbers, rows), 2'000);
  for (fh::result_set chunk = stream.next(); !chunk.empty(); chunk = stream.next()) {
    for (auto [n, remainder] : chunk.as<std::int32_t, std::int32_t>())
      sum += remainder;
  }
  return sum;
}

int main() try {
  fh::runtime runtime{fh::parse_config(configuration)};
  bool right = true;
  for (const char* name : {"primary", "reports"}) {
    const fh::database db = runtime.database(name);
    const std::int64_t sum = sum_of_remainders(db, 10'000);
    right = right && sum == 29'998;

    const fh::database_snapshot seen = db.snapshot();
    std::cout << name << ": sum " << sum << ", " << seen.connects_total << " of "
              << seen.max_connections << " connections opened, statements are ";
    if (seen.server)
      std::cout << to_string(seen.server->mode) << ": " << seen.server->reason;
    std::cout << '\n';
  }

  // Both at the same time: only `get` waits.
  auto here = runtime.database("primary").execute(numbers, 3);
  auto there = runtime.database("reports").execute(numbers, 4);
  std::cout << here.get().size() << " and " << there.get().size() << " rows\n";
  return right ? EXIT_SUCCESS : EXIT_FAILURE;
} catch (const std::exception& why) { // a config_error names every problem and its line
  std::cerr << why.what() << '\n';
  return EXIT_FAILURE;
}
