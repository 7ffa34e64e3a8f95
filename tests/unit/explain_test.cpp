#include "actors/command/commands.hpp"
#include "actors/command/explanation.hpp"
#include "runtime/sqlstate.hpp"
#include "tests/support/catch.hpp"

#include <sstream>

using namespace freehold;
using namespace freehold::command;

namespace {

struct said {
  int status;
  std::string out;
  std::string err;
};

said explained(const std::string& code, bool json = false) {
  std::ostringstream out;
  std::ostringstream err;
  const int status = command::explain(code, {json, colors::never},
                                      {out, err, [](const std::string&) { return std::nullopt; }});
  return {status, out.str(), err.str()};
}

bool holds(const std::string& text, const char* part) {
  return text.find(part) != std::string::npos;
}

} // namespace

TEST_CASE("every code of ours is explained under its own name") {
  for (int i = 0; i <= static_cast<int>(errc::internal); ++i) {
    const auto code = static_cast<errc>(i);
    const explanation made = command::explain(code);
    INFO(to_string(code));
    CHECK(made.code == to_string(code));
    CHECK_FALSE(made.meaning.empty());
    CHECK_FALSE(made.does.empty());
    CHECK_FALSE(made.applied.empty());
    CHECK_FALSE(made.advice.empty());
    CHECK(code_named(to_string(code)) == code);
    CHECK(explained(std::string{to_string(code)}).status == exit_status::sound);
  }
}

TEST_CASE("what is tried again is what the policy tries again") {
  CHECK(holds(command::explain(errc::connect_failed).does, "has tried it again"));
  CHECK(holds(command::explain(errc::connection_lost).does, "has tried it again"));
  CHECK(command::explain(errc::queue_full).does == "does not try it again");
  CHECK(command::explain(errc::deadline_exceeded).does == "does not try it again");
  CHECK(command::explain(errc::bad_parameter).does == "does not try it again");
}

TEST_CASE("every SQLSTATE with a name has a class, and is explained by it") {
  for (const std::string& code : named_sqlstates()) {
    INFO(code);
    const std::optional<explanation> made = explain_sqlstate(code);
    REQUIRE(made);
    CHECK(made->title == condition_name(code));
    CHECK(holds(made->meaning, std::string{class_name(code)}.c_str()));
    CHECK(holds(made->does, counts_against_server(code) ? "counts it" : "does not count it"));
  }
}

TEST_CASE("what is done about an SQLSTATE is what the policies do") {
  const auto does = [](const char* code) { return explain_sqlstate(code)->does; };
  CHECK(holds(does("40001"), "it is tried again, up to"));
  CHECK(holds(does("40001"), "serialization_failure"));
  CHECK(holds(does("57P01"), "read-only or idempotent is tried again"));
  CHECK(holds(does("57P01"), "given up and replaced"));
  CHECK(holds(does("53300"), "it is tried again, up to"));
  CHECK(holds(does("23505"), "it is not tried again"));
  CHECK(holds(does("42P05"), "run again at once"));
  CHECK(holds(does("08007"), "outcome_unknown"));
  CHECK(holds(does("25006"), "primary looked for"));
  CHECK(holds(explain_sqlstate("23505")->applied, "no:"));
  CHECK(holds(explain_sqlstate("08006")->applied, "not known"));
  CHECK(holds(explain_sqlstate("28P01")->meaning, "at connect, as authentication"));
}

TEST_CASE("a code without a name here is explained by its class; without a class, not at all") {
  REQUIRE(explain_sqlstate("22P99"));
  CHECK(explain_sqlstate("22P99")->title == "a code of class 22");
  CHECK_FALSE(explain_sqlstate("ZZ000"));
  CHECK_FALSE(explain_sqlstate("4000"));
}

TEST_CASE("an unknown code suggests the nearest") {
  const said wrong = explained("outcome_unknwon");
  CHECK(wrong.status == exit_status::usage);
  CHECK(holds(wrong.err, "did you mean outcome_unknown?"));
  CHECK(wrong.out.empty());
  CHECK(holds(explained("ZZ001").err, "neither an SQLSTATE"));
}

TEST_CASE("letters may be of either case, and JSON has the same parts") {
  CHECK(holds(explained("40p01").out, "deadlock_detected"));
  CHECK(holds(explained("Queue_Full").out, "pool.queue_length"));
  CHECK(holds(explained("40001", true).out, "\"runtime\""));
}
