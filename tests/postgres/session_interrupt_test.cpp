// Ending a wait from outside, and a server that hangs.

#include "tests/support/live_session.hpp"

#include <cstdlib>
#include <thread>

using namespace freehold;
using namespace freehold::testing;

TEST_CASE_METHOD(live_session, "severing from another thread ends a wait at once") {
  const int pid = backend();
  std::thread other{[&] {
    std::this_thread::sleep_for(100ms); // waits for the outside: the server to run it
    handle->sever();
  }};
  const auto began = std::chrono::steady_clock::now();
  const asked slow{bind(statement{"sleep", "SELECT pg_sleep(10)"})};
  const std::vector<attempt_failure> failures = run({slow.what});
  CHECK(std::chrono::steady_clock::now() - began < 2s);
  other.join();
  CHECK(failures.size() == 1);
  CHECK(state.lost());
  on.reset();
  handle->sever(); // after its end
  observer outside;
  outside.terminate(pid);
}

TEST_CASE("a server that hangs is given up within the deadline and the grace") {
  live_session live;
  sandbox_does("server pause");
  const auto began = std::chrono::steady_clock::now();
  const asked slow{bind(statement{"one", "SELECT 1", read_only}), 300ms};
  static_cast<void>(live.run({slow.what}));
  const auto took = std::chrono::steady_clock::now() - began;
  sandbox_does("server continue");
  CHECK(took < 2500ms);
  CHECK(live.state.lost());
}
