#include "examples/demo/two_processes.hpp"

#include <fmt/format.h>
#include <spdlog/sinks/null_sink.h>

#include <fcntl.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cstdlib>
#include <iostream>
#include <sstream>
#include <stdexcept>
#include <thread>

namespace demo {

namespace fh = freehold;
using clock = std::chrono::steady_clock;

namespace {

struct child {
  pid_t process = 0;
  int output = -1;
};

child start(const process_task& task) {
  std::array<int, 2> ends{};
  if (pipe2(ends.data(), O_CLOEXEC) != 0)
    throw std::runtime_error{"no pipe for a process"};
  const std::string connections = std::to_string(task.connections);
  const std::string requesters = std::to_string(task.requesters);
  const std::string time = std::to_string(task.milliseconds);
  const std::array<const char*, 7> arguments{"freehold_demo",
                                             child_argument,
                                             task.url_variable.c_str(),
                                             connections.c_str(),
                                             requesters.c_str(),
                                             time.c_str(),
                                             nullptr};
  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  posix_spawn_file_actions_adddup2(&actions, ends[1], STDOUT_FILENO);
  child made{0, ends[0]};
  const int problem = posix_spawn(&made.process, "/proc/self/exe", &actions, nullptr,
                                  const_cast<char* const*>(arguments.data()), environ);
  posix_spawn_file_actions_destroy(&actions);
  close(ends[1]);
  if (problem == 0)
    return made;
  close(ends[0]);
  throw std::runtime_error{"cannot start a second process of this program"};
}

std::string all_output(const child& from) {
  std::string text;
  std::array<char, 4096> piece{};
  for (ssize_t size = 0; (size = read(from.output, piece.data(), piece.size())) > 0;) {
    text.append(piece.data(), std::size_t(size));
  }
  close(from.output);
  int status = 0;
  waitpid(from.process, &status, 0);
  if (status != 0)
    throw std::runtime_error{"a process of the demo failed: " + text};
  return text;
}

void write(std::ostream& out, const process_result& r) {
  out << r.load.requests << ' ' << r.load.failed << ' ' << r.load.wrong << ' ' << r.load.unanswered
      << ' ' << r.load.twice << ' ' << r.load.seconds << ' ' << r.healed << ' ' << r.retries << ' '
      << r.load.took << r.load.errors.size() << ' ';
  for (const auto& [code, times] : r.load.errors)
    out << code << ' ' << times << ' ';
  out << r.mode << ' ' << r.reason << std::endl;
}

process_result parse(const std::string& text) {
  std::istringstream in{text};
  process_result r;
  std::size_t kinds = 0;
  in >> r.load.requests >> r.load.failed >> r.load.wrong >> r.load.unanswered >> r.load.twice >>
      r.load.seconds >> r.healed >> r.retries >> r.load.took >> kinds;
  for (; kinds > 0; --kinds) {
    std::string code;
    in >> code;
    in >> r.load.errors[code];
  }
  in >> r.mode >> std::ws;
  std::getline(in, r.reason);
  if (!in)
    throw std::runtime_error{"a process of the demo did not say what it did: " + text};
  return r;
}

void add(process_result& to, const process_result& more) {
  to.load.requests += more.load.requests;
  to.load.failed += more.load.failed;
  to.load.wrong += more.load.wrong;
  to.load.unanswered += more.load.unanswered;
  to.load.twice += more.load.twice;
  to.load.seconds = std::max(to.load.seconds, more.load.seconds);
  to.load.took.add(more.load.took);
  for (const auto& [code, times] : more.load.errors)
    to.load.errors[code] += times;
  to.healed += more.healed;
  to.retries += more.retries;
  to.mode = to.mode.empty() || to.mode == more.mode ? more.mode : "mixed";
  to.reason = more.reason;
}

} // namespace

process_result run_two_processes(const process_task& task) {
  const child first = start(task);
  const child second = start(task);
  const std::string one = all_output(first);
  const std::string other = all_output(second);
  process_result sum = parse(one);
  add(sum, parse(other));
  return sum;
}

int run_child(const std::vector<std::string>& arguments) {
  const std::size_t connections = std::stoul(arguments.at(1));
  fh::runtime runtime{demo_config(arguments.at(0), "freehold-demo", connections), quiet()};
  const fh::database db = runtime.database("primary");
  if (!all_usable(db, connections)) {
    std::cout << db.snapshot().last_connect_error << std::endl;
    return EXIT_FAILURE;
  }
  load traffic{db, std::stoul(arguments.at(2)), same_traffic};
  std::this_thread::sleep_for(std::chrono::milliseconds{std::stoi(arguments.at(3))});
  process_result told;
  told.load = traffic.finish();
  const fh::database_snapshot seen = db.snapshot();
  told.healed = seen.healed.total();
  told.retries = seen.retries_total;
  told.mode = seen.server ? to_string(seen.server->mode) : "none";
  told.reason = seen.server ? seen.server->reason : "no session was made";
  write(std::cout, told);
  return EXIT_SUCCESS;
}

fh::config demo_config(const std::string& url_variable, const std::string& service,
                       std::size_t connections) {
  fh::config made = fh::config_from_url(variable(url_variable));
  made.runtime.service = service;
  made.runtime.drain_timeout = std::chrono::seconds{2};
  fh::database_options& db = made.databases.front();
  db.pool.max_connections = connections;
  db.pool.min_connections = connections;
  db.connect.concurrent = 4;
  db.shedding.enabled = false; // a slow machine is no overload
  return made;
}

fh::embedding quiet() {
  return {nullptr, {std::make_shared<spdlog::sinks::null_sink_mt>()}};
}

bool all_usable(const fh::database& db, std::size_t connections) {
  const auto patience = clock::now() + std::chrono::seconds{10};
  while (clock::now() < patience) {
    const fh::database_snapshot seen = db.snapshot();
    if (seen.idle + seen.busy + seen.exclusive >= connections)
      return true;
    std::this_thread::sleep_for(std::chrono::milliseconds{2});
  }
  return false;
}

std::string variable(const std::string& name) {
  const char* value = std::getenv(name.c_str());
  if (value != nullptr)
    return value;
  throw std::runtime_error{name + " is not set; run this as ./dev demo"};
}

} // namespace demo
