#include "tests/support/catch.hpp"
#include "tests/unit/config_support.hpp"

using namespace config_test;
using namespace freehold;
using namespace std::chrono_literals;

namespace {

constexpr const char* head = "[database.primary]\n";

/// The only problem of a file with these children.
std::string problem(const std::string& text) {
  return only_message(file_error(head + text));
}

} // namespace

TEST_CASE("children and supervisors of children are read in the order of the file", "[config]") {
  const config read = parse(R"([database.primary]
[child.sweeper]
actor = "expiry_sweeper"
restart = "transient"
shutdown = "2 s"
[child.search]
strategy = "rest_for_one"
restart = "temporary"
restarts = 3
period = "20 s"
[child.search.child.indexer]
actor = "indexer"
[child.search.child.cache]
actor = "cache"
shutdown = 0
[child.audit]
actor = "audit"
)");
  REQUIRE(read.children.size() == 3);
  const child_options& sweeper = read.children[0];
  CHECK(sweeper.name == "sweeper");
  CHECK(sweeper.actor == "expiry_sweeper");
  CHECK(sweeper.restart == restart_policy::transient);
  CHECK(sweeper.shutdown == 2s);
  const child_options& search = read.children[1];
  CHECK(search.name == "search");
  CHECK(search.actor.empty());
  CHECK(search.strategy == restart_strategy::rest_for_one);
  CHECK(search.restart == restart_policy::temporary);
  CHECK(search.restarts == 3);
  CHECK(search.period == 20s);
  REQUIRE(search.children.size() == 2);
  CHECK(search.children[0].name == "indexer");
  CHECK(search.children[0].restart == restart_policy::permanent);
  CHECK(search.children[0].shutdown == 5s);
  CHECK(search.children[1].name == "cache");
  CHECK(search.children[1].shutdown == 0ms);
  CHECK(read.children[2].name == "audit");
}

TEST_CASE("a supervisor's defaults are those of the profile", "[config]") {
  const std::string text = "[database.primary]\n[child.group.child.one]\nactor = \"one\"";
  CHECK(parse(text).children.front().restarts == 5);
  CHECK(parse(text).children.front().period == 30s);
  CHECK(parse("profile = \"development\"\n" + text).children.front().restarts == 10);
}

TEST_CASE("an overlay changes single values of a child and may add one", "[config]") {
  const config read = parse(R"(profile = "staging"
[database.primary]
[child.sweeper]
actor = "sweeper"
shutdown = "2 s"
[child.group.child.one]
actor = "one"
[profiles.staging.child.sweeper]
restart = "temporary"
[profiles.staging.child.group.child.one]
shutdown = "9 s"
[profiles.staging.child.probe]
actor = "probe"
)");
  REQUIRE(read.children.size() == 3);
  CHECK(read.children[0].actor == "sweeper");
  CHECK(read.children[0].shutdown == 2s);
  CHECK(read.children[0].restart == restart_policy::temporary);
  CHECK(read.children[1].children.front().shutdown == 9s);
  CHECK(read.children[2].name == "probe");
}

TEST_CASE("an overlay for a child that nobody declares is a probable slip", "[config]") {
  CHECK(problem("[child.sweeper]\nactor = \"sweeper\"\n[profiles.staging.child.sweper]\n"
                "shutdown = \"1 s\"") ==
        "no section outside this profile is called [child.sweper], and it gives no actor and no "
        "children of its own; did you mean child.sweeper?");
}

TEST_CASE("a value of a child may come from the environment", "[config]") {
  const config read = parse("[database.primary]\n[child.a]\nactor = \"a\"\nshutdown = \"${GRACE}\"",
                            {{"GRACE", "7 s"}});
  CHECK(read.children.front().shutdown == 7s);
}

TEST_CASE("an unknown key of a child is refused and the nearest known one named", "[config]") {
  CHECK(problem("[child.a]\nactor = \"a\"\nrestar = \"permanent\"") ==
        "unknown key; did you mean restart?");
  CHECK(problem("[child.a]\nactr = \"a\"\nactor = \"a\"") == "unknown key; did you mean actor?");
  CHECK(problem("[child.a.childs.b]\nactor = \"b\"\n[child.a]\nactor = \"a\"") ==
        "unknown section; did you mean child?");
  CHECK(problem("[childs.a]\nactor = \"a\"") == "unknown section; did you mean child?");
}

TEST_CASE("a bad value of a child says what is allowed, and where it stands", "[config]") {
  CHECK(problem("[child.a]\nactor = \"a\"\nrestart = \"always\"") ==
        "expects one of \"permanent\", \"transient\", \"temporary\", got the string \"always\"");
  CHECK(problem("[child.a]\nstrategy = \"all\"\n[child.a.child.b]\nactor = \"b\"") ==
        "expects one of \"one_for_one\", \"one_for_all\", \"rest_for_one\", got the string "
        "\"all\"");
  CHECK(problem("[child.a]\nactor = \"\"") ==
        "expects a string of 1 to 100 printable ASCII characters, got the string \"\"");
  CHECK(problem("[child.a]\nactor = \"a\"\nshutdown = \"1 h\"") ==
        "expects a duration from 1 ms to 10 min, or 0 (killed at once), got the string \"1 h\"");
  CHECK(problem("[child.A]\nactor = \"a\"") == "expects a name for a child that begins with a "
                                               "letter a-z and goes on with a-z, 0-9, _ and -");
  CHECK(only_message(file_error("child = 5\n[database.primary]")) ==
        "expects a section [child], got the integer 5");
  const config_error error =
      file_error("[database.primary]\n[child.a]\nactor = \"a\"\n  shutdown = 5");
  REQUIRE(error.problems().size() == 1);
  CHECK(error.problems().front().key == "child.a.shutdown");
  CHECK(error.problems().front().line == 4);
  CHECK(error.problems().front().column == 3);
}

TEST_CASE("a child is an actor or a supervisor and has only what is its own", "[config]") {
  CHECK(problem("[child.a]\nrestart = \"temporary\"") ==
        "expects actor = \"…\", the name of a registered factory, or children of its own, "
        "[child.a.child.NAME]");
  CHECK(contains(problem("[child.a]\nactor = \"a\"\n[child.a.child.b]\nactor = \"b\""),
                 "a child either runs an actor or has children"));
  CHECK(contains(problem("[child.a]\nactor = \"a\"\nstrategy = \"one_for_all\""),
                 "is for supervisors"));
  CHECK(contains(problem("[child.a]\nactor = \"a\"\nperiod = \"1 s\""), "is for supervisors"));
  CHECK(contains(problem("[child.a]\nshutdown = \"1 s\"\n[child.a.child.b]\nactor = \"b\""),
                 "is for actors"));
}

TEST_CASE("a child may not be called as a database is", "[config]") {
  const config_error error = file_error("[database.primary]\n[child.primary]\nactor = \"a\"");
  CHECK(only_message(error) == "the name is given twice, to a sibling or to a database");
  CHECK(error.problems().front().line == 2);
}

TEST_CASE("children that code declares are judged as those of a file are", "[config]") {
  config made = default_config(base_profile::production);
  made.databases.push_back(default_database(base_profile::production, "primary"));
  child_options child = default_child(base_profile::production, "one");
  child.actor = "one";
  made.children = {child};
  CHECK(validate(made).empty());
  made.children.push_back(child);
  child.name = "two";
  child.shutdown = 1h;
  made.children.push_back(child);
  const std::vector<config_problem> problems = validate(made);
  REQUIRE(problems.size() == 2);
  CHECK(problems[0].key == "child.one");
  CHECK(problems[1].key == "child.two.shutdown");
}
