// A service whose configuration changes while it runs: by saving the file, by SIGHUP, by a call.
// What cannot work is refused as a whole, with the reason, and the service goes on as it was.

#include <freehold/freehold.hpp>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <string>
#include <thread>

namespace fh = freehold;
using namespace std::chrono_literals;

// The variable is one of tests/sandbox/sandbox.
void write(const std::filesystem::path& file, const std::string& max_connections) {
  std::ofstream{file} << R"([runtime]
service = "example-live"
level = "off"

[database.primary]
url = "${FREEHOLD_TEST_URL}"
pool.max_connections = )"
                      << max_connections << '\n';
}

void show(const fh::reload_report& told) {
  std::cout << (told.applied ? "applied" : "refused") << " (" << told.trigger << ")\n";
  for (const std::string& change : told.changes)
    std::cout << "  " << change << '\n';
  if (!told.applied)
    std::cout << "  " << told.reason << '\n';
}

// The file is looked at as soon as it has been quiet for a moment.
fh::reload_report next_report(const fh::runtime& of, std::uint64_t known) {
  for (;;) {
    const fh::reload_snapshot now = of.snapshot().reload;
    if (now.applied_total + now.refused_total > known)
      return *now.last;
    std::this_thread::sleep_for(10ms);
  }
}

int main() try {
  const std::filesystem::path file =
      std::filesystem::temp_directory_path() / ("example-live-" + std::to_string(::getpid()));
  write(file, "4");
  fh::embedding with;
  with.source = fh::config_source{.file = file, .profile = {}, .adjust = {}};
  fh::runtime runtime{fh::load_config(file), std::move(with)};
  const fh::database db = runtime.database("primary");

  write(file, "8"); // an operator saves the file
  show(next_report(runtime, 0));
  write(file, "\"many\"");
  show(next_report(runtime, 1));

  fh::config next = fh::load_config((write(file, "8"), file)); // or code decides
  next.databases.front().statements.timeout = 2s;
  next.databases.front().target.password = fh::secret{"not the password"};
  show(runtime.reconfigure(next));

  std::cout << "still served: " << db.execute(fh::statement{"one", "SELECT 1"}).get().scalar<int>()
            << '\n';
  std::filesystem::remove(file);
  return EXIT_SUCCESS;
} catch (const std::exception& why) {
  std::cerr << why.what() << '\n';
  return EXIT_FAILURE;
}
