#include "runtime/dead_sessions.hpp"
#include "runtime/first_answer.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/instant.hpp"

#include <freehold/error.hpp>

#include <stdexcept>
#include <string>
#include <vector>

using namespace freehold;
using namespace freehold::testing;
using namespace std::chrono_literals;

namespace {

const host_traits here{"db-client-1", "b00t", "4026531836"};

process_identity identity(process_mark who, const std::string& service = "rental") {
  return {service, "primary", std::move(who), here};
}

/// A server with these sessions; ends those it is asked to.
class listed final : public transaction {
public:
  std::vector<std::pair<int, std::string>> sessions;
  std::vector<std::string> asked;
  int refuses = 0; ///< to end this one

  using transaction::execute;
  result_set execute(const bound_statement& bound) override {
    asked.push_back(bound.what.sql());
    std::vector<std::vector<std::optional<std::string>>> rows;
    if (asked.size() == 1) {
      for (const auto& [pid, name] : sessions)
        rows.push_back({std::to_string(pid), name});
      return make_result_set({"pid", "application_name"}, rows);
    }
    for (const auto& [pid, name] : sessions) {
      const std::string one = std::to_string(pid);
      if (std::string_view{bound.values.data(0)}.find(one) != std::string_view::npos)
        rows.push_back({one, pid == refuses ? "f" : "t"});
    }
    return make_result_set({"pid", "pg_terminate_backend"}, rows);
  }
  std::size_t copy_in(const statement&,
                      const std::function<std::optional<std::string>()>&) override {
    return 0;
  }
  std::size_t copy_out(const statement&, const std::function<void(std::string_view)>&) override {
    return 0;
  }
  [[nodiscard]] std::chrono::milliseconds remaining() const override { return 1s; }
};

} // namespace

TEST_CASE("sessions of dead processes are ended, and no others") {
  const process_identity self = identity({4711, "now"});
  const process_mark alive{20, base36(5)};
  listed server;
  server.sessions = {{101, self.application_name()},
                     {102, identity({20, base36(4)}).application_name()}, // before it
                     {103, identity(alive).application_name()},
                     {104, identity({4711, "before"}).application_name()},
                     {105, identity({21, "x"}).application_name()},
                     {106, identity({22, "x"}).application_name()}, // cannot be judged
                     {107, identity({21, "x"}, "other").application_name()},
                     {108, "psql"}};
  const auto status_of = [](std::int64_t pid) -> std::optional<process_status> {
    if (pid == 22)
      throw std::runtime_error{"hidden"};
    if (pid == 20)
      return process_status{'S', 1, 5};
    return std::nullopt;
  };
  SECTION("all of them") {
    CHECK(end_dead_sessions(server, self, status_of) == std::vector<std::int32_t>{102, 104, 105});
  }
  SECTION("but those that are told of are those that ended") {
    server.refuses = 104;
    CHECK(end_dead_sessions(server, self, status_of) == std::vector<std::int32_t>{102, 105});
  }
}

TEST_CASE("where nobody is dead the server is asked once and told nothing") {
  const process_identity self = identity({4711, "now"});
  listed server;
  server.sessions = {{101, self.application_name()}};
  CHECK(end_dead_sessions(server, self).empty());
  CHECK(server.asked.size() == 1);
}

TEST_CASE("only the first answer counts") {
  first_answer first{start};
  CHECK_FALSE(first.took());
  CHECK(first.answered(start + 23ms));
  CHECK_FALSE(first.answered(start + 24ms));
  CHECK(first.took() == 23ms);
}
