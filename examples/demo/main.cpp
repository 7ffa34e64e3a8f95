// A story in five acts, with figures; ./dev demo runs it on servers of its own.
// Ends with a failure if anything that it states does not hold.

#include "examples/demo/acts.hpp"
#include "examples/demo/plain_clients.hpp"
#include "examples/demo/two_processes.hpp"

#include <cstdlib>
#include <exception>
#include <thread>

int main(int count, char** arguments) {
  try {
    if (count > 1 && std::string_view{arguments[1]} == demo::child_argument) {
      return demo::run_child({arguments + 2, arguments + count});
    }
    const auto begun = std::chrono::steady_clock::now();
    demo::stage stage;
    demo::observer server{demo::variable("FREEHOLD_TEST_URL")};
    const std::string version = server.ask("SHOW server_version");
    stage.headline(fmt::format("PostgreSQL {}, a PgBouncer in transaction mode, {} processors",
                               version.substr(0, version.find(' ')),
                               std::thread::hardware_concurrency()));
    demo::plain_clients_collide(stage);
    demo::freehold_behind_the_pooler(stage);
    demo::freehold_on_the_server(stage);
    demo::backends_are_killed(stage);
    const std::chrono::duration<double> took = std::chrono::steady_clock::now() - begun;
    return stage.end(took.count());
  } catch (const std::exception& why) {
    fmt::print(stderr, "freehold_demo: {}\n", why.what());
    return EXIT_FAILURE;
  }
}
