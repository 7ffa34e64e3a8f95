// A runtime's snapshot in which there is something of everything.
#pragma once

#include <freehold/supervision.hpp>

namespace freehold::testing {

[[nodiscard]] inline distribution some_times() {
  // Two of about 100 µs and one of about 10 ms, in octaves of nanoseconds.
  distribution made{3, 0.0102, 0.0001, 0.01, 0.01, {}};
  made.buckets = {{98'304e-9, 106'496e-9, 2}, {9'437'184e-9, 10'485'760e-9, 1}};
  return made;
}

[[nodiscard]] inline database_snapshot full_database(const std::string& name) {
  database_snapshot made;
  made.name = name;
  made.idle = 1;
  made.busy = 2;
  made.leased = 1;
  made.max_connections = 4;
  made.min_connections = 2;
  made.requests_total = 10;
  made.answered_total = 8;
  made.server = server_traits{};
  made.server->server_version = 150'018;
  made.circuit.opened_total = 1;
  made.acquire = made.execute = made.connect = made.whole = some_times();
  made.batch_size = {2, 9.0, 1.0, 8.0, 8.0, {{1.0, 2.0, 1}, {8.0, 9.0, 1}}};
  made.statements = {
      {"homes_in_city", 3, 1, std::chrono::milliseconds{6}, std::chrono::milliseconds{4}}};
  made.holders = {{3, "lease", "k3x9f2", std::chrono::milliseconds{1234}}};
  return made;
}

[[nodiscard]] inline runtime_snapshot full_snapshot() {
  runtime_snapshot made;
  made.service = "rental";
  made.version = "1.2.3";
  made.profile = "production";
  made.pid = 123;
  made.host = "host";
  made.ready = true;
  made.time = std::chrono::system_clock::time_point{std::chrono::milliseconds{1'795'726'260'123}};
  made.first_answer = std::chrono::milliseconds{31};
  made.tree.name = made.tree.kind = "runtime";
  made.tree.state = child_state::running;
  child_snapshot child;
  child.name = "primary";
  child.kind = "database";
  child.restarts_total = 2;
  made.tree.children = {child};
  made.databases = {full_database("primary")};
  return made;
}

} // namespace freehold::testing
