// Settings that a request brings along: in force for its transaction, and for nobody after it.

#include "tests/support/live_runtime.hpp"
#include "tests/support/traffic.hpp"

#include <pqxx/result>
#include <pqxx/transaction_base>

using namespace freehold;
using namespace freehold::testing;

namespace {

const statement now_set{"settings now",
                        "SELECT coalesce(current_setting('app.tenant_id', true), '')", read_only};
const std::string who = "SELECT current_setting('app.tenant_id')";

request_options tenant(const std::string& id) {
  request_options how;
  how.settings = {{"app.tenant_id", id}};
  return how;
}

transaction_options tenant_transaction(const std::string& id) {
  transaction_options how;
  how.request = tenant(id);
  return how;
}

// A table in which each tenant sees its own rows only.
void homes_of_tenants(const std::string& name) {
  live_runtime home{sandbox_config("settings_ddl", "URL", 1)};
  for (const std::string& text :
       {"DROP TABLE IF EXISTS " + name, "CREATE TABLE " + name + " (tenant text, id int)",
        "INSERT INTO " + name +
            " SELECT 'tenant ' || t, i FROM generate_series(0, 3) t, "
            "generate_series(1, 10) i",
        "ALTER TABLE " + name + " ENABLE ROW LEVEL SECURITY",
        "ALTER TABLE " + name + " FORCE ROW LEVEL SECURITY",
        "CREATE POLICY own ON " + name + " USING (tenant = current_setting('app.tenant_id'))"})
    static_cast<void>(home.db.execute(sql(text)).get());
}

// What is left on the sessions of a runtime: asked so often that each has been asked.
std::string left_behind(const database& db) {
  std::vector<future<result_set>> all;
  for (int i = 0; i < 200; ++i)
    all.push_back(db.execute(now_set));
  std::string left;
  for (auto& each : all)
    left += each.get().scalar<std::string>();
  return left;
}

} // namespace

TEST_CASE("two tenants over few connections never see each other's rows") {
  homes_of_tenants("settings_rls");
  for (const std::string url : {"URL", "POOLER_URL", "TRACKING_POOLER_URL"}) {
    if (!sandbox_has(url))
      continue;
    live_runtime home{sandbox_config("settings_rls", url, 3)};
    const statement mine{"settings mine", "SELECT tenant, count(*) FROM settings_rls GROUP BY 1",
                         read_only};
    const statement touch{"settings touch", "UPDATE settings_rls SET id = id RETURNING tenant"};
    std::atomic<int> wrong{0};
    std::atomic<int> answered{0};
    std::vector<future<result_set>> of_nobody; // in between, and without a tenant
    constexpr int requests = 6000;
    for (int i = 0; i < requests; ++i) {
      if (i % 10 == 0)
        of_nobody.push_back(home.db.execute(now_set));
      const std::string id = "tenant " + std::to_string(i % 4);
      const bool writes_too = i % 50 == 0;
      home.db.execute(
          freehold::bind(writes_too ? touch : mine),
          [&, id, writes_too](outcome&& answer) {
            const auto* rows = std::get_if<result_set>(&answer.value);
            const bool right = rows != nullptr && rows->size() == (writes_too ? 10U : 1U) &&
                               (*rows)[0].at<std::string>(0) == id &&
                               (*rows)[rows->size() - 1].at<std::string>(0) == id;
            wrong += right ? 0 : 1;
            ++answered;
          },
          tenant(id));
      if (i % 100 == 99)
        REQUIRE(eventually([&] { return answered == i + 1; }, 20s));
    }
    CHECK(wrong == 0);
    for (auto& each : of_nobody)
      CHECK(each.get().scalar<std::string>().empty());
    CHECK(left_behind(home.db).empty());
  }
}

TEST_CASE("requests of all kinds have their settings, and leave none on any session") {
  for (const std::string url : {"URL", "POOLER_URL", "TRACKING_POOLER_URL"}) {
    if (!sandbox_has(url))
      continue;
    live_runtime home{sandbox_config("settings_kinds", url, 2)};
    CHECK(home.db.execute(freehold::bind(sql(who)), tenant("plain")).get().scalar<std::string>() ==
          "plain");
    CHECK(home.db
              .script({freehold::bind(sql(who)), freehold::bind(sql(who))},
                      tenant_transaction("script"))
              .get()[1]
              .scalar<std::string>() == "script");
    const auto ask = [](transaction& tx) {
      tx.execute(sql("SELECT 1"));
      return tx.execute(sql(who)).scalar<std::string>();
    };
    CHECK(home.db.transact(ask, tenant_transaction("function")).get() == "function");
    const auto ask_pqxx = [](pqxx::transaction_base& tx) {
      return tx.exec(who)[0][0].as<std::string>();
    };
    CHECK(home.db.transact(ask_pqxx, tenant_transaction("pqxx")).get() == "pqxx");
    lease_request how;
    how.transaction = true;
    how.how = tenant_transaction("lease");
    lease held = home.db.lease(how).get();
    CHECK(held.execute(sql("SELECT 1")).get().size() == 1);
    CHECK(held.execute(sql(who)).get().scalar<std::string>() == "lease");
    held.commit().get();
    row_stream rows = home.db.stream(freehold::bind(sql(who)), 10, tenant("stream"));
    CHECK(rows.next().scalar<std::string>() == "stream");
    CHECK(rows.next().empty());
    CHECK(left_behind(home.db).empty());
  }
}

TEST_CASE("several settings at once, and one of the server's own") {
  live_runtime home{sandbox_config("settings_many", "URL", 1)};
  request_options how = tenant("7");
  how.settings.push_back({"app.user", "O'Neill \"7\""});
  how.settings.push_back({"work_mem", "7MB"});
  const result_set rows =
      home.db
          .execute(freehold::bind(
                       sql("SELECT current_setting('app.tenant_id'), current_setting('app.user'), "
                           "current_setting('work_mem')")),
                   how)
          .get();
  CHECK(rows[0].as<std::string, std::string, std::string>() ==
        std::tuple<std::string, std::string, std::string>{"7", "O'Neill \"7\"", "7MB"});
  CHECK(home.db.execute(sql("SELECT current_setting('work_mem')")).get().scalar<std::string>() !=
        "7MB");
}

TEST_CASE("a statement that fails leaves nothing of its settings, nor do settings that fail") {
  for (const std::string url : {"URL", "POOLER_URL"}) {
    live_runtime home{sandbox_config("settings_failed", url, 1)};
    for (int i = 0; i < 5; ++i) {
      CHECK(why_not(home.db.execute(freehold::bind(sql("SELECT 1 / 0")), tenant("7"))).sqlstate ==
            "22012");
      request_options wrong = tenant("7");
      wrong.settings.push_back({"work_mem", "not-a-size"});
      const error why = why_not(home.db.execute(freehold::bind(sql("SELECT 1")), wrong));
      CHECK(why.sqlstate == "22023");
      CHECK(says(why, "settings"));
      CHECK_FALSE(says(why, "not-a-size"));
      transaction_options whole;
      whole.request = wrong;
      CHECK(why_not(home.db.transact([](transaction& tx) { tx.execute(sql("SELECT 1")); }, whole))
                .sqlstate == "22023");
      const error pqxx =
          why_not(home.db.transact([](pqxx::transaction_base& tx) { tx.exec("SELECT 1"); }, whole));
      CHECK(pqxx.sqlstate == "22023");
      CHECK_FALSE(says(pqxx, "not-a-size"));
    }
    CHECK(left_behind(home.db).empty());
    CHECK(home.db.snapshot().sessions_lost_total == 0);
  }
}

TEST_CASE("settings where they could not end with a transaction are refused") {
  live_runtime home{sandbox_config("settings_lease", "URL", 1)};
  lease_request how;
  how.how = tenant_transaction("7");
  const error why = why_not(home.db.lease(how));
  INFO(to_string(why));
  CHECK(why.code == errc::not_allowed);
  CHECK(says(why, "transaction"));
  const lease held = home.db.lease().get();
  CHECK(why_not(held.execute(freehold::bind(sql("SELECT 1")), tenant("7"))).code ==
        errc::not_allowed);
  CHECK(held.execute(sql("SELECT 7")).get().scalar<int>() == 7);
}

TEST_CASE("a database that requires settings refuses those who forget them, and pings itself") {
  config options = sandbox_config("settings_required", "URL", 2);
  options.databases.front().statements.required_settings = {"app.tenant_id"};
  options.databases.front().liveness.check_idle_after = 0ms;
  live_runtime home{std::move(options)};
  const error why = why_not(home.db.execute(sql(who)));
  INFO(to_string(why));
  CHECK(why.code == errc::not_allowed);
  CHECK(why.fate == fate::not_sent);
  CHECK(says(why, "app.tenant_id"));
  CHECK(says(why, "statements.required_settings"));
  CHECK(why_not(home.db.script({freehold::bind(sql(who))})).code == errc::not_allowed);
  CHECK(why_not(home.db.transact([](transaction&) {})).code == errc::not_allowed);
  CHECK(why_not(home.db.lease()).code == errc::not_allowed);
  CHECK(home.db.execute(freehold::bind(sql(who)), tenant("7")).get().scalar<std::string>() == "7");
  lease_request how;
  how.transaction = true;
  how.how = tenant_transaction("8");
  lease held = home.db.lease(how).get();
  CHECK(held.execute(sql(who)).get().scalar<std::string>() == "8");
  held.commit().get();
  CHECK(home.db.execute(freehold::bind(sql(who)), tenant("9")).get().scalar<std::string>() == "9");
  CHECK(home.db.snapshot().sessions_lost_total == 0);
}
