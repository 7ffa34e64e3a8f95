#include "runtime/request_settings.hpp"
#include "tests/support/batch.hpp"

using namespace freehold;
using namespace freehold::testing;

namespace {

const statement read{"read", "SELECT a", read_only};
const statement write{"write", "UPDATE a"};
const std::string set_one = "SELECT set_config($1, $2, true)";

errc verdict(const std::vector<setting>& given, const std::vector<std::string>& required = {}) {
  const auto wrong = judge_settings(given, required);
  return wrong ? wrong->code : errc::none;
}

sent_request for_tenant(const std::string& tenant, std::vector<bound_statement> steps,
                        request_kind kind = request_kind::execute) {
  sent_request one = ask(std::move(steps), kind);
  one.what->settings = settings_statement({{"app.tenant_id", tenant}});
  return one;
}

trouble refusal_that_says(const std::string& sqlstate, const std::string& message) {
  trouble said = refusal(sqlstate);
  said.why.message = message;
  return said;
}

} // namespace

TEST_CASE("names of settings are identifiers with dots, and anything else is not shown") {
  CHECK(verdict({{"app.tenant_id", "x"}, {"role", "y"}, {"_a1.B", ""}}) == errc::none);
  for (const char* name : {"", "1a", ".a", "a b", "a;b", "a'", "äpp.x", "a-b"})
    CHECK(verdict({{name, "x"}}) == errc::bad_parameter);
  CHECK(verdict({{std::string(129, 'a'), "x"}}) == errc::bad_parameter);
  CHECK(judge_settings({{"s3cret!", "x"}}, {})->message.find("s3cret") == std::string::npos);
}

TEST_CASE("settings that results are read by are refused whatever their case") {
  for (const char* name : {"client_encoding", "datestyle", "IntervalStyle"})
    CHECK(verdict({{name, "x"}}) == errc::not_allowed);
}

TEST_CASE("a setting given twice, too many of them, and a value that cannot be sent are refused") {
  CHECK(verdict({{"app.a", "1"}, {"APP.A", "2"}}) == errc::bad_parameter);
  std::vector<setting> many;
  for (int i = 0; i < 17; ++i)
    many.push_back({"app.s" + std::to_string(i), "x"});
  CHECK(verdict(many) == errc::bad_parameter);
  many.pop_back();
  CHECK(verdict(many) == errc::none);
  const auto wrong = judge_settings({{"app.a", std::string{"sec\0ret", 7}}}, {});
  REQUIRE(wrong);
  CHECK(wrong->message.find("app.a") != std::string::npos);
  CHECK(wrong->message.find("sec") == std::string::npos);
}

TEST_CASE("a required setting that is missing is named, with the option that demands it") {
  CHECK(verdict({{"App.Tenant_Id", "7"}}, {"app.tenant_id"}) == errc::none);
  const auto wrong = judge_settings({{"app.other", "7"}}, {"app.tenant_id"});
  REQUIRE(wrong);
  CHECK(wrong->code == errc::not_allowed);
  CHECK(wrong->message.find("app.tenant_id") != std::string::npos);
  CHECK(wrong->message.find("statements.required_settings") != std::string::npos);
}

TEST_CASE_METHOD(bench, "a read with settings has a Sync of its own, and its neighbours share") {
  const std::vector<sent_request> all{
      ask({freehold::bind(read, 1)}), ask({freehold::bind(read, 2)}),
      for_tenant("7", {freehold::bind(read, 3)}), ask({freehold::bind(read, 4)})};
  CHECK(run(all).empty());
  CHECK(on.count("sync") == 3);
  CHECK(on.count("prepare " + set_one) == 1);
  for (int i = 0; i < 4; ++i)
    CHECK(all[std::size_t(i)].echo() == "SELECT a|" + std::to_string(i + 1));
  // In one transaction, and before the statement.
  CHECK(server->committed[2] == set_one + "|app.tenant_id|7");
  CHECK(server->committed[3] == "SELECT a|3");
}

TEST_CASE_METHOD(bench, "the settings of a second request need no second Prepare") {
  CHECK(run({for_tenant("7", {freehold::bind(read)}), for_tenant("8", {freehold::bind(read)})})
            .empty());
  CHECK(run({for_tenant("9", {freehold::bind(write)})}).empty());
  CHECK(on.count("prepare " + set_one) == 1);
  CHECK(server->times(set_one + "|app.tenant_id|9") == 1);
}

TEST_CASE_METHOD(bench, "a script's settings come first and are not among its results") {
  const sent_request script =
      for_tenant("7", {freehold::bind(write, 1), freehold::bind(write, 2)}, request_kind::script);
  CHECK(run({script}).empty());
  CHECK(on.count("sync") == 1);
  const auto& results = std::get<std::vector<result_set>>(script.to->last.value);
  REQUIRE(results.size() == 2);
  CHECK(results[0].scalar<std::string>() == "UPDATE a|1");
}

TEST_CASE_METHOD(bench,
                 "settings that the server refuses fail their request alone, without value") {
  on.at_sql[set_one].push_back(refusal_that_says(
      "22023", "invalid value for parameter \"app.tenant_id\": \"secret-7\" and secret-7"));
  const std::vector<sent_request> all{ask({freehold::bind(read, 1)}),
                                      for_tenant("secret-7", {freehold::bind(write)}),
                                      ask({freehold::bind(read, 2)})};
  CHECK(run(all).empty());
  CHECK(all[0].echo() == "SELECT a|1");
  CHECK(all[2].echo() == "SELECT a|2");
  CHECK(all[1].why().code == errc::server_error);
  CHECK(all[1].why().message.find("settings") != std::string::npos);
  CHECK(all[1].why().message.find("secret") == std::string::npos);
  CHECK(server->times("UPDATE a") == 0);
}

TEST_CASE_METHOD(bench, "an error of the statement does not show the value of a setting either") {
  on.at_sql["UPDATE a"].push_back(
      refusal_that_says("42501", "tenant SECRET-7 may not, says app.tenant_id"));
  const sent_request one = for_tenant("secret-7", {freehold::bind(write)});
  CHECK(run({one}).empty());
  CHECK(one.why().message.find("SECRET") == std::string::npos);
  CHECK(one.why().message.find("app.tenant_id") != std::string::npos);
}

TEST_CASE_METHOD(bench,
                 "a lost name of the settings' statement is healed and the request runs once") {
  CHECK(run({for_tenant("7", {freehold::bind(write)})}).empty());
  server->prepared.clear();
  const sent_request again = for_tenant("8", {freehold::bind(write)});
  CHECK(run({again}).empty());
  CHECK(again.echo() == "UPDATE a");
  CHECK(server->times("UPDATE a") == 2);
}

TEST_CASE_METHOD(bench, "a function's settings travel with BEGIN and its first statement") {
  const sent_request one = for_tenant("7", {}, request_kind::function);
  one.what->body = [](transaction& tx) {
    const std::string first = tx.execute(write, 1).scalar<std::string>();
    tx.execute(write, 2);
    return std::any{first};
  };
  CHECK_FALSE(run_function(on, state, options, one.what));
  CHECK(std::any_cast<std::string>(std::get<std::any>(one.to->last.value)) == "UPDATE a|1");
  CHECK(on.count("sync") == 3);
  REQUIRE(on.calls.size() > 2);
  CHECK(on.calls[0] == "unnamed BEGIN");
  CHECK(on.calls[1] == "prepare " + set_one);
  CHECK(server->times(set_one + "|app.tenant_id|7") == 1);
}

TEST_CASE_METHOD(bench, "COPY first in a function finds the settings in force") {
  const sent_request one = for_tenant("7", {}, request_kind::function);
  one.what->body = [](transaction& tx) {
    return std::any{tx.copy_in({"copy", "COPY a FROM STDIN"}, [] { return std::nullopt; })};
  };
  CHECK_FALSE(run_function(on, state, options, one.what));
  CHECK_FALSE(one.to->last.why);
  CHECK(server->times(set_one + "|app.tenant_id|7") == 1);
}

TEST_CASE_METHOD(bench, "a function whose settings are refused runs nothing and shows no value") {
  on.at_sql[set_one].push_back(refusal_that_says("42501", "permission denied for secret-7"));
  const sent_request one = for_tenant("secret-7", {}, request_kind::function);
  one.what->body = [](transaction& tx) {
    tx.execute(write);
    return std::any{};
  };
  const auto failed = run_function(on, state, options, one.what);
  REQUIRE(failed);
  CHECK(failed->why.sqlstate == "42501");
  CHECK(failed->why.message.find("secret") == std::string::npos);
  CHECK(server->times("UPDATE a") == 0);
  CHECK_FALSE(on.in_transaction());
}
