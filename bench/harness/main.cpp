// A side's program: measures one cell and prints what it saw as JSON.

#include "bench/harness/closed_loop.hpp"

#include <nlohmann/json.hpp>

#include <cstdlib>
#include <fstream>
#include <iostream>
#include <map>

namespace bench {
namespace {

operation operation_named(const std::string& name) {
  static const std::map<std::string, operation> all{
      {"select", operation::select}, {"transaction", operation::transaction},
      {"script", operation::script}, {"rows", operation::rows},
      {"write", operation::write},   {"slow", operation::slow},
      {"lease", operation::lease},
  };
  return all.at(name);
}

cell parse(int count, char** arguments) {
  std::map<std::string, std::string> given;
  for (int i = 1; i + 1 < count; i += 2)
    given[arguments[i]] = arguments[i + 1];
  cell how;
  how.url = given.at("--url");
  how.what = operation_named(given.at("--operation"));
  how.requesters = std::stoul(given.at("--requesters"));
  how.connections = std::stoul(given.at("--connections"));
  how.seconds = std::stod(given.at("--seconds"));
  how.slow_share = std::stod(given.contains("--slow") ? given["--slow"] : "0");
  how.unnamed = given["--unnamed"] == "1";
  how.policy = given["--policy"];
  return how;
}

/// In bytes. Not `ru_maxrss`, which remembers the process that started this one.
std::uint64_t peak_memory() {
  std::ifstream status{"/proc/self/status"};
  std::string word;
  while (status >> word) {
    std::uint64_t kilobytes = 0;
    if (word == "VmHWM:" && status >> kilobytes)
      return kilobytes * 1'024;
  }
  return 0;
}

nlohmann::json to_json(const measurement& seen, const side& on) {
  const auto answered = double(seen.took.count() + seen.slow);
  const double each = answered > 0 ? 1e6 / answered : 0;
  return {{"description", on.description()},
          {"style", seen.threads ? "threads" : "completions"},
          {"seconds", seen.seconds},
          {"requests", seen.took.count()},
          {"rate", double(seen.took.count()) / seen.seconds},
          {"slow", seen.slow},
          {"failed", seen.failed},
          {"failure", seen.failure},
          {"unanswered", seen.unanswered},
          {"starved", seen.starved},
          {"p50_us", seen.took.quantile(0.5)},
          {"p99_us", seen.took.quantile(0.99)},
          {"max_us", seen.took.longest()},
          {"cpu_user_us", seen.user_seconds * each},
          {"cpu_system_us", seen.system_seconds * each},
          {"peak_memory_bytes", peak_memory()}};
}

} // namespace
} // namespace bench

int main(int count, char** arguments) {
  try {
    const bench::cell how = bench::parse(count, arguments);
    const std::unique_ptr<bench::side> on = bench::make_side(how);
    const bench::measurement seen = bench::run_closed_loop(*on, how);
    std::cout << bench::to_json(seen, *on) << std::endl;
    if (seen.unanswered > 0)
      std::quick_exit(EXIT_FAILURE); // someone still holds on to what is about to go
    return EXIT_SUCCESS;
  } catch (const std::exception& why) {
    std::cerr << arguments[0] << ": " << why.what() << std::endl;
    return EXIT_FAILURE;
  }
}
