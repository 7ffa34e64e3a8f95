// Prints what a real runtime exports: `freehold_scrape`, inside the sandbox.

#include "tests/support/eventually.hpp"
#include "tests/support/http.hpp"
#include "tests/support/sandbox.hpp"

#include <freehold/freehold.hpp>

#include <cstdlib>
#include <iostream>

namespace fh = freehold;

namespace {

int run() {
  fh::config options = fh::config_from_url(fh::testing::sandbox("URL"));
  options.runtime.level = fh::log_level::warn;
  options.runtime.admin.listen = "127.0.0.1:0";
  const fh::runtime runtime{std::move(options)};
  const fh::database db = runtime.database("primary");
  static_cast<void>(db.execute(fh::statement{"one \"quoted\"\\", "SELECT 1"}).get());
  try {
    static_cast<void>(db.execute(fh::statement{"divide", "SELECT 1/0"}).get());
    std::cerr << "the server divided by zero\n";
    return EXIT_FAILURE;
  } catch (const fh::failure&) { // that is what it is for: a statement that failed
  }
  // What is shown may be a little older than the latest answer.
  std::string told;
  const bool complete = fh::testing::eventually([&] {
    told = fh::testing::get(runtime.admin_url(), "/metrics").body;
    return told.find("statement=\"divide\"") != std::string::npos;
  });
  std::cout << told;
  return complete ? EXIT_SUCCESS : EXIT_FAILURE;
}

} // namespace

int main() {
  try {
    return run();
  } catch (const std::exception& why) {
    std::cerr << why.what() << '\n';
    return EXIT_FAILURE;
  }
}
