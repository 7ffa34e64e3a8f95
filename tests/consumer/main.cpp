#include <freehold/freehold.hpp>

#include <cstdint>
#include <iostream>
#include <string>

namespace fh = freehold;

const fh::statement homes_in_city{
    "homes_in_city", "SELECT id, title, rent FROM property WHERE city = $1 ORDER BY rent",
    fh::read_only};

int main() {
  fh::runtime runtime{fh::load_config("freehold.toml")};
  fh::database homes = runtime.database("primary");

  for (auto [id, title, rent] :
       homes.execute(homes_in_city, "Lyon").get().as<std::int64_t, std::string, double>())
    std::cout << id << ' ' << title << ' ' << rent << '\n';
}
