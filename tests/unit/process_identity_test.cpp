#include "runtime/process_identity.hpp"
#include "tests/support/catch.hpp"

#include <unistd.h>

#include <stdexcept>
#include <string>
#include <vector>

using namespace freehold;

namespace {

const host_traits here{"db-client-1", "b00t", "4026531836"};
const process_mark self{4711, "1k2j3h"};

process_identity identity(const std::string& service = "rental",
                          const std::string& database = "primary", process_mark who = self,
                          const host_traits& host = here) {
  return {service, database, std::move(who), host};
}

// A system in which these processes run.
auto running(std::int64_t pid, process_status what) {
  return [=](std::int64_t asked) -> std::optional<process_status> {
    if (asked != pid)
      return std::nullopt;
    return what;
  };
}

const auto nobody = [](std::int64_t) -> std::optional<process_status> { return std::nullopt; };

} // namespace

TEST_CASE("a name tells service, database, process, its start and the scope") {
  const process_identity one = identity();
  CHECK(one.scope().size() == 9);
  CHECK(one.application_name() == "rental/primary/4711.1k2j3h" + one.scope());
  CHECK(one.read(one.application_name()) == self);
}

TEST_CASE("a scope is of one service, one database and one host") {
  const std::string scope = identity().scope();
  CHECK(identity("rental", "primary", {1, "x"}).scope() == scope);
  CHECK(identity("rentals", "primary").scope() != scope);
  CHECK(identity("rental", "reports").scope() != scope);
  CHECK(identity("rental/primary", "").scope() != identity("rental", "/primary").scope());
  for (const host_traits& other : {host_traits{"db-client-2", "b00t", "4026531836"},
                                   host_traits{"db-client-1", "b00u", "4026531836"},
                                   host_traits{"db-client-1", "b00t", "4026531837"}})
    CHECK(identity("rental", "primary", self, other).scope() != scope);
}

TEST_CASE("names fit into 63 bytes and keep the service and the process whole") {
  const std::string service(31, 's');
  const process_mark largest{4'194'304, base36(~std::uint64_t{0} / 1'000'000)};
  const process_identity one = identity(service, std::string(60, 'd'), largest);
  CHECK(one.application_name().size() <= process_identity::longest);
  CHECK(one.application_name().starts_with(service + "/dddd"));
  CHECK(one.read(one.application_name()) == largest);
  // What was cut still tells them apart.
  const process_identity other = identity(service, std::string(59, 'd') + "e", largest);
  CHECK_FALSE(one.read(other.application_name()));
  CHECK(identity("rental", std::string(60, 'd')).application_name().size() == 63);
}

TEST_CASE("without its start a process is named and nobody is judged") {
  const process_identity blind = identity("rental", "primary", {4711, ""});
  CHECK(blind.application_name() == "rental/primary/4711");
  CHECK(blind.scope().empty());
  CHECK_FALSE(blind.read("rental/primary/4711"));
  CHECK_FALSE(blind.is_dead(identity().application_name(), nobody));
}

TEST_CASE("names that are not of this scope are nobody's") {
  const process_identity one = identity();
  const std::string& scope = one.scope();
  for (const std::string& name : std::vector<std::string>{
           "", "psql", "rental/primary/4712", scope, "rental/primary/" + scope,
           "rental/primary/4712" + scope, "rental/primary/4712." + scope,
           "rental/primary/x.y" + scope, "rental/primary/-1.y" + scope, "4712.y" + scope,
           "rental/primary/99999999999999999999.y" + scope, "rental/primary/4712.1k2j3h@00000000",
           identity("other").application_name()}) {
    INFO(name);
    CHECK_FALSE(one.read(name));
    CHECK_FALSE(one.is_dead(name, nobody));
  }
}

TEST_CASE("dead is what no longer runs, and nothing else") {
  const process_identity one = identity();
  const std::string other = identity("rental", "primary", {4712, base36(1'000)}).application_name();
  CHECK(one.is_dead(other, nobody));
  CHECK_FALSE(one.is_dead(other, running(4712, {'S', 3, 1'000})));
  CHECK_FALSE(one.is_dead(other, running(4712, {'T', 3, 1'000})));
  CHECK(one.is_dead(other, running(4712, {'S', 3, 1'001}))); // its pid is another's now
  CHECK(one.is_dead(other, running(4712, {'Z', 1, 1'000})));
  CHECK_FALSE(one.is_dead(other, running(4712, {'Z', 2, 1'000}))); // its threads work on
  // Its own, and its own pid of an earlier life.
  CHECK_FALSE(one.is_dead(one.application_name(), nobody));
  CHECK(one.is_dead(identity("rental", "primary", {4711, "other"}).application_name(),
                    running(4711, {'S', 1, 1})));
  CHECK_THROWS_AS(one.is_dead(other,
                              [](std::int64_t) -> std::optional<process_status> {
                                throw std::runtime_error{"hidden"};
                              }),
                  std::runtime_error);
}

TEST_CASE("a status is read whatever the program is called") {
  const std::string rest = " S 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 9 0 123456 22 23\n";
  for (const std::string name : {"service", "a b", "(x) (y", ") S 1", "line\nbreak"}) {
    INFO(name);
    const auto read = parse_process_status("4711 (" + name + ")" + rest);
    REQUIRE(read);
    CHECK(read->state == 'S');
    CHECK(read->threads == 9);
    CHECK(read->started == 123'456);
  }
  for (const std::string text : {"", "4711", "4711 (x)", "4711 (x) S 1 2 3", "4711 (x S 1"})
    CHECK_FALSE(parse_process_status(text));
  CHECK_FALSE(
      parse_process_status("1 (x) S 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 9 0 x123 22 23"));
}

TEST_CASE("the system tells of this process, and of one that does not run") {
  const process_mark mine = this_process();
  CHECK(mine.pid == getpid());
  const auto status = status_of_process(getpid());
  REQUIRE(status);
  CHECK(base36(status->started) == mine.start);
  CHECK_FALSE(status_of_process(2'000'000'000));
  CHECK_FALSE(this_host().boot.empty());
  CHECK_FALSE(this_host().pid_namespace.empty());
}

TEST_CASE("numbers to the base of 36") {
  CHECK(base36(0) == "0");
  CHECK(base36(35) == "z");
  CHECK(base36(36) == "10");
}
