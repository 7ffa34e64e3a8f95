// One statement, declared once, and its rows read as C++ types.
//
// DATABASE_URL says where the database is; pool parameters may be part of it:
// postgresql://me:secret@localhost/homes?connection_limit=5

#include <freehold/freehold.hpp>

#include <cstdlib>
#include <iostream>

namespace fh = freehold;

const fh::statement cheap_homes{
    "cheap_homes",
    "SELECT id, title, rent FROM (VALUES (1, 'Loft', 950.0), (2, 'Studio', 480.5), (3, 'Villa', "
    "3200.0)) AS home (id, title, rent) WHERE rent < $1 ORDER BY rent",
    fh::read_only}; // so it may share a round trip, and run again on another connection

std::string database_url() {
  for (const char* name : {"FREEHOLD_TEST_URL", "DATABASE_URL"}) {
    if (const char* value = std::getenv(name))
      return value;
  }
  throw std::runtime_error{"set DATABASE_URL"};
}

int main() try {
  fh::runtime runtime{fh::config_from_url(database_url())};
  const fh::database homes = runtime.database("primary");

  for (auto [id, title, rent] :
       homes.execute(cheap_homes, 1000.0).get().as<std::int64_t, std::string, double>()) {
    std::cout << id << ' ' << title << ' ' << rent << '\n';
  }
  return EXIT_SUCCESS;
} catch (const std::exception& why) { // fh::config_error, or fh::failure with all that is known
  std::cerr << why.what() << '\n';
  return EXIT_FAILURE;
}
