// A service for tests of what is left when one is killed: it keeps that many
// connections busy for a minute, says so, and waits to be killed.
//
//     freehold_test_service SERVICE CONNECTIONS

#include <freehold/freehold.hpp>

#include <spdlog/sinks/null_sink.h>
#include <unistd.h>

#include <cstdlib>
#include <iostream>
#include <string>
#include <vector>

namespace fh = freehold;
using namespace std::chrono_literals;

int main(int argc, char** argv) {
  const char* url = std::getenv("FREEHOLD_TEST_URL");
  if (argc != 3 || url == nullptr)
    return 2;
  fh::config options = fh::config_from_url(url, "primary", fh::base_profile::development);
  options.runtime.service = argv[1];
  const std::size_t connections = std::stoul(argv[2]);
  // One connection is always kept from those who hold theirs for long.
  options.databases.front().pool.max_connections = connections + 1;
  fh::runtime runtime{std::move(options),
                      {nullptr, {std::make_shared<spdlog::sinks::null_sink_mt>()}}};
  const fh::database db = runtime.database("primary");
  const fh::statement sleep{"sleep", "SELECT pg_sleep(60)"};
  std::vector<fh::lease> held;
  std::vector<fh::future<fh::result_set>> asked;
  for (std::size_t i = 0; i < connections; ++i) {
    held.push_back(db.lease().get());
    asked.push_back(held.back().execute(sleep));
  }
  std::cout << "busy" << std::endl;
  pause();
}
