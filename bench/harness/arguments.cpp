#include "bench/harness/arguments.hpp"

#include <map>

namespace bench {
namespace {

operation operation_named(const std::string& name) {
  static const std::map<std::string, operation> all{
      {"select", operation::select},   {"transaction", operation::transaction},
      {"script", operation::script},   {"rows", operation::rows},
      {"write", operation::write},     {"lease", operation::lease},
      {"connect", operation::connect}, {"stream", operation::stream},
      {"wait", operation::wait},
  };
  const auto found = all.find(name);
  if (found == all.end())
    throw std::invalid_argument{"no such operation: " + name};
  return found->second;
}

} // namespace

cell parse_arguments(int count, char** arguments) {
  std::map<std::string, std::string> given{
      {"--url", ""},      {"--operation", "select"}, {"--requesters", "1"}, {"--connections", "1"},
      {"--seconds", "1"}, {"--slow", "0"},           {"--pace", "0"},       {"--rows", "0"},
      {"--unnamed", "0"}, {"--policy", ""}};
  for (int i = 1; i < count; i += 2) {
    const auto found = given.find(arguments[i]);
    if (found == given.end() || i + 1 == count)
      throw std::invalid_argument{std::string{"not understood: "} + arguments[i]};
    found->second = arguments[i + 1];
  }
  cell how;
  how.url = given["--url"];
  how.what = operation_named(given["--operation"]);
  how.requesters = std::stoul(given["--requesters"]);
  how.connections = std::stoul(given["--connections"]);
  how.seconds = std::stod(given["--seconds"]);
  how.slow_share = std::stod(given["--slow"]);
  how.pace = std::stod(given["--pace"]);
  how.rows = std::stol(given["--rows"]);
  how.unnamed = given["--unnamed"] == "1";
  how.policy = given["--policy"];
  return how;
}

} // namespace bench
