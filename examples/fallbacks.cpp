// What a request is answered with while its database is away: the latest good
// answer, or what the service has instead. The database here is nobody's.

#include <freehold/freehold.hpp>

#include <cstdlib>
#include <iostream>
#include <stdexcept>

namespace fh = freehold;
using namespace std::chrono_literals;

const fh::statement homes{"homes", "SELECT 'a house' || $1", fh::read_only};

std::string database_url() {
  for (const char* name : {"FREEHOLD_TEST_URL", "DATABASE_URL"}) {
    if (const char* value = std::getenv(name))
      return value;
  }
  throw std::runtime_error{"set DATABASE_URL"};
}

// Two databases: one that is there, and one that is not.
fh::config two_databases() {
  fh::config options = fh::config_from_url(database_url(), "reports");
  fh::database_options away = fh::config_from_url("postgresql://127.0.0.1:1/x").databases.front();
  away.pool.acquire_timeout = 300ms;
  options.databases.push_back(away);
  options.runtime.level = fh::log_level::off; // it would say that the one is not there
  return options;
}

void show(const fh::result_set& rows) {
  std::cout << rows.scalar<std::string>() << " (" << to_string(rows.origin()) << ")\n";
}

int main() try {
  fh::runtime runtime{two_databases()};
  const fh::database away = runtime.database("primary");
  const fh::database reports = runtime.database("reports");

  // In this order; the first that can answers. Never for an error of the statement.
  const auto ask = [&](std::vector<fh::fallback> fallbacks) {
    fh::request_options how;
    how.timeout = 5s;
    how.fallbacks = std::move(fallbacks);
    return away.execute(fh::bind(homes, " in Lyon"), how).get();
  };
  show(ask({fh::fallback::last_good(5min), fh::fallback::from(reports)}));
  show(ask({fh::fallback::last_good(5min), fh::fallback::otherwise([](const fh::error& why) {
              return fh::make_result_set({"home"}, {{std::string{to_string(why.code)}}});
            })}));
  show(ask({fh::fallback::value(fh::make_result_set({"home"}, {{"please come back later"}}))}));
  return EXIT_SUCCESS;
} catch (const std::exception& why) {
  std::cerr << why.what() << '\n';
  return EXIT_FAILURE;
}
