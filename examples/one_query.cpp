// One statement, declared once, and its rows read as C++ types.

#include <freehold/freehold.hpp>

#include <cstdlib>
#include <iostream>

namespace fh = freehold;

const fh::statement cheap_homes{
    "cheap_homes",
    "SELECT id, title, rent FROM (VALUES (1, 'Loft', 950.0), (2, 'Studio', 480.5)) "
    "AS home (id, title, rent) WHERE rent < $1 ORDER BY rent",
    fh::read_only};

int main() {
  const char* url = std::getenv("FREEHOLD_TEST_URL");
  fh::runtime runtime{fh::config_from_url(url != nullptr ? url : "postgresql:///")};
  fh::database homes = runtime.database("primary");

  for (auto [id, title, rent] :
       homes.execute(cheap_homes, 1000.0).get().as<std::int64_t, std::string, double>()) {
    std::cout << id << ' ' << title << ' ' << rent << '\n';
  }
}
