// Readiness, and snapshots as JSON.

#include "actors/admin.hpp"
#include "actors/snapshot_history.hpp"
#include "actors/snapshot_json.hpp"
#include "actors/snapshot_taker.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/full_snapshot.hpp"

#include <nlohmann/json.hpp>

using namespace freehold;
using namespace freehold::testing;
using namespace std::chrono_literals;
using nlohmann::json;

TEST_CASE("what keeps a runtime from being ready is said") {
  runtime_snapshot seen = full_snapshot();
  CHECK(why_not_ready(seen, false).empty());
  CHECK(why_not_ready(seen, true) == "the runtime is stopping");
  database_snapshot& db = seen.databases.front();
  db.circuit.state = circuit_state::open;
  db.circuit.cause = "no route to host";
  CHECK(why_not_ready(seen, false) ==
        "database \"primary\": its circuit is open: no route to host");
  db.circuit.state = circuit_state::recovering;
  CHECK(why_not_ready(seen, false).empty());
  db.idle = db.busy = db.leased = 0;
  CHECK(why_not_ready(seen, false) == "database \"primary\": it has no session yet");
  db.min_connections = 0; // none is kept: it does not need one
  CHECK(why_not_ready(seen, false).empty());
  db.last_connect_error = "refused";
  seen.databases.push_back(full_database("reports"));
  seen.databases.back().problem = "its supervisor did not answer within 250 ms";
  CHECK(why_not_ready(seen, false) ==
        "database \"primary\": it has no session: refused; database \"reports\": its supervisor "
        "did not answer within 250 ms");
  seen.failure = "too many restarts";
  CHECK(why_not_ready(seen, true) == "the supervision tree has failed: too many restarts");
}

TEST_CASE("a snapshot as JSON") {
  runtime_snapshot seen = full_snapshot();
  json all = json::parse(snapshot_json(seen));
  CHECK(all["time"] == "2026-11-26T20:51:00.123Z");
  CHECK(all["first_answer_ms"] == 31);
  CHECK(all["reload"]["last"].is_null());
  const json& db = all["databases"][0];
  CHECK(db["pool"]["total"] == 4);
  CHECK(db["server"]["version"] == "15.18");
  CHECK(db["statements"][0]["mean_ms"] == 2.0);
  CHECK(db["statements"][0]["p99_ms"] == 4.0);
  CHECK(db["holders"][0]["query_id"] == "k3x9f2");
  CHECK(db["latency"]["execute"]["count"] == 3);
  CHECK_FALSE(db["latency"]["execute"].contains("buckets"));
  seen.first_answer.reset();
  seen.databases.front().server.reset();
  seen.reload.last = reload_report{seen.time, "file", false, "no such host", {"a: 1 -> 2"}, {}};
  seen.databases.front().last_connect_error = "not UTF-8: \xFF";
  all = json::parse(snapshot_json(seen));
  CHECK(all["first_answer_ms"].is_null());
  CHECK(all["databases"][0]["server"].is_null());
  CHECK(all["reload"]["last"]["changes"][0] == "a: 1 -> 2");
  CHECK(all["reload"]["last"]["trigger"] == "file");
}

TEST_CASE("at most twenty statements are listed, and the rest is one") {
  runtime_snapshot seen = full_snapshot();
  auto& statements = seen.databases.front().statements;
  statements.clear();
  for (int i = 0; i < 30; ++i)
    statements.push_back({"s" + std::to_string(i), 1, 0, 100ms - i * 1ms, 1ms});
  statements.push_back({"(other)", 5, 1, 500ms, 7ms});
  const json listed = json::parse(snapshot_json(seen))["databases"][0]["statements"];
  REQUIRE(listed.size() == 20);
  CHECK(listed[0]["name"] == "s0");
  CHECK(listed[18]["name"] == "s18");
  CHECK(listed[19]["name"] == "(other)");
  CHECK(listed[19]["count"] == 16);
  CHECK(listed[19]["failed"] == 1);
  CHECK(listed[19]["p99_ms"] == 7.0);
}

TEST_CASE("the history keeps five minutes, with the latencies of each second") {
  snapshot_history history;
  runtime_snapshot seen = full_snapshot();
  history.add(seen);
  history.add(seen); // nothing was answered in between
  database_snapshot& db = seen.databases.front();
  db.whole.count += 4;
  db.whole.buckets.push_back({0.1, 0.12, 4});
  history.add(seen);
  db.problem = "silent";
  history.add(seen);
  json all = json::parse(history.json());
  CHECK(all["interval_ms"] == 1000);
  REQUIRE(all["samples"].size() == 4);
  CHECK(all["samples"][0]["t"] == 1'795'726'260'123);
  CHECK(all["samples"][0]["databases"]["primary"]["answered"] == 8);
  CHECK(all["samples"][1]["databases"]["primary"]["p50_ms"].is_null());
  CHECK(all["samples"][2]["databases"]["primary"]["p50_ms"].get<double>() > 99.0);
  CHECK(all["samples"][2]["databases"]["primary"]["p50_ms"].get<double>() < 121.0);
  CHECK(all["samples"][3]["databases"].empty());
  for (int i = 0; i < 400; ++i)
    history.add(seen);
  CHECK(json::parse(history.json())["samples"].size() == 300);
}

TEST_CASE("only the whole token opens") {
  const secret token{"0123456789abcdef"};
  CHECK(is_authorized("Bearer 0123456789abcdef", token));
  for (const char* wrong :
       {"", "Bearer ", "Bearer 0123456789abcdeF", "Bearer 0123456789abcde",
        "bearer 0123456789abcdef", "Bearer 0123456789abcdef0123456789abcdef", "0123456789abcdef"})
    CHECK_FALSE(is_authorized(wrong, token));
  CHECK_FALSE(is_authorized("Bearer ", secret{}));
}

TEST_CASE("however many ask, a snapshot is taken ten times a second at most") {
  int taken = 0;
  admin_figures figures{[&](std::chrono::milliseconds) {
    ++taken;
    return full_snapshot();
  }};
  const auto begun = std::chrono::steady_clock::now();
  for (int i = 0; i < 1'000; ++i) {
    CHECK(figures.snapshot() != nullptr);
    CHECK(figures.metrics() != nullptr);
    CHECK(figures.latest()->ready);
  }
  const auto slots = (std::chrono::steady_clock::now() - begun) / 100ms + 1;
  CHECK(taken >= 1);
  CHECK(taken <= slots);
}
