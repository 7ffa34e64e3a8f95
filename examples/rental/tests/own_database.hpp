// The servers of the sandbox (tests/sandbox/sandbox), and databases there that a test has for
// itself.
#pragma once

#include <freehold/config.hpp>
#include <pqxx/pqxx>

#include <chrono>
#include <filesystem>
#include <future>
#include <latch>
#include <string>
#include <thread>
#include <utility>
#include <vector>

namespace rental::testing {

namespace fh = freehold;
using namespace std::chrono_literals;

/// A variable of the sandbox: "URL", "POOLER_URL", "ADMIN_URL". Throws outside of it.
[[nodiscard]] std::string sandbox(const std::string& what);
/// Has the sandbox do something, as "server stop".
void sandbox_does(const std::string& action);

/// Whether the condition came to hold within that time.
template <class Condition>
[[nodiscard]] bool eventually(const Condition& holds, std::chrono::milliseconds within = 10s) {
  const auto give_up = std::chrono::steady_clock::now() + within;
  while (!holds()) {
    if (std::chrono::steady_clock::now() > give_up)
      return false;
    std::this_thread::sleep_for(10ms); // waits for the outside: servers and actors tell nobody
  }
  return true;
}

/// What each of so many gets who do it at the same time; act(i) is on a thread of its own.
template <class F>
auto at_once(int people, const F& act) {
  std::latch ready{people};
  std::vector<std::future<decltype(act(0))>> doing;
  for (int i = 0; i < people; ++i)
    doing.push_back(std::async(std::launch::async, [&, i] {
      ready.arrive_and_wait();
      return act(i);
    }));
  std::vector<decltype(act(0))> results;
  for (auto& each : doing)
    results.push_back(each.get());
  return results;
}

/// The server is away as long as this lives, however the test ends.
class outage {
public:
  /// "stop" and "start", or "pause" and "continue".
  explicit outage(const std::string& begin = "stop", std::string end = "start")
      : end_{"server " + std::move(end)} {
    sandbox_does("server " + begin);
  }
  outage(const outage&) = delete;
  outage& operator=(const outage&) = delete;
  ~outage();
  void end(); ///< the server takes connections again
private:
  std::string end_;
  bool over_ = false;
};

/// An empty database of the role `freehold`; dropped in the end.
class own_database {
public:
  explicit own_database(const std::string& name);
  own_database(const own_database&) = delete;
  own_database& operator=(const own_database&) = delete;
  ~own_database();

  [[nodiscard]] std::string url(const std::string& through = "URL") const;
  /// rental.toml without upkeep, and patient: a busy machine may well miss its time limits.
  [[nodiscard]] fh::config config(const std::string& through = "URL") const;
  /// The same with all that rental.toml has, but that nobody is refused so that others are quick.
  [[nodiscard]] fh::config config_as_it_is(const std::string& through = "URL") const;
  /// By a connection of its own, so that no service's is counted.
  pqxx::result sql(const std::string& text) const;
  [[nodiscard]] int number(const std::string& sql_text) const {
    return sql(sql_text)[0][0].as<int>();
  }

private:
  std::string name_;
};

/// The service's folder.
[[nodiscard]] std::filesystem::path service_files();

/// With the schema and all homes, made once for the program.
[[nodiscard]] const own_database& all_homes();

/// A folder that is removed in the end.
class own_folder {
public:
  own_folder();
  own_folder(const own_folder&) = delete;
  own_folder& operator=(const own_folder&) = delete;
  ~own_folder();
  [[nodiscard]] const std::filesystem::path& path() const { return path_; }

private:
  std::filesystem::path path_;
};

} // namespace rental::testing
