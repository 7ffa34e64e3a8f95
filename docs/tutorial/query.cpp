#include <freehold/freehold.hpp>

#include <iostream>

namespace fh = freehold;

const fh::statement homes_in_city{"homes_in_city",
                                  "SELECT id, title, rent FROM home WHERE city = $1 ORDER BY rent",
                                  fh::read_only};

int main() {
  fh::runtime runtime{fh::load_config("freehold.toml")};
  const fh::database homes = runtime.database("primary");

  for (auto [id, title, rent] :
       homes.execute(homes_in_city, "Lyon").get().as<int, std::string, int>())
    std::cout << id << ' ' << title << ' ' << rent << '\n';
}
