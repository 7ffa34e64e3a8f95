// Two databases of one runtime, a large result read in chunks, and a snapshot.

#include <freehold/freehold.hpp>

#include <cstdlib>
#include <iostream>

namespace fh = freehold;

const fh::statement many{"many", "SELECT n FROM generate_series(1, $1::int) n", fh::read_only};
const fh::statement one{"one", "SELECT 1", fh::read_only};

int main() {
  const char* direct = std::getenv("FREEHOLD_TEST_URL");
  const char* pooled = std::getenv("FREEHOLD_TEST_POOLER_URL");
  if (direct == nullptr || pooled == nullptr) {
    std::cerr << "needs FREEHOLD_TEST_URL and FREEHOLD_TEST_POOLER_URL\n";
    return 2;
  }
  fh::config options = fh::config_from_url(direct, "primary");
  options.databases.push_back(fh::config_from_url(pooled, "pooled").databases.front());
  fh::runtime runtime{options};

  for (const char* name : {"primary", "pooled"}) {
    const fh::database numbers = runtime.database(name);
    numbers.execute(one).get();

    std::size_t rows = 0;
    fh::row_stream stream = numbers.stream(fh::bind(many, 10'000), 2'000);
    for (fh::result_set chunk = stream.next(); !chunk.empty(); chunk = stream.next()) {
      rows += chunk.size();
    }
    const fh::database_snapshot seen = numbers.snapshot();
    std::cout << name << ": " << rows << " rows in chunks; statements are "
              << to_string(seen.server->mode) << ", because " << seen.server->reason << '\n';
  }
}
