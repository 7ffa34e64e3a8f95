// The HTTP endpoint of a runtime, on real sockets.

#include "tests/support/http.hpp"
#include "tests/support/live_runtime.hpp"
#include "tests/support/traffic.hpp"

#include <nlohmann/json.hpp>

#include <deque>
#include <set>
#include <thread>

using namespace freehold;
using namespace freehold::testing;
using nlohmann::json;

namespace {

const std::string token = "token-for-the-tests-4711";
const std::string admin_marker = "marker-of-a-value-0815";
const statement echo{"admin echo", "SELECT $1::text", read_only};

config with_admin(const std::string& service, const std::string& guarded_by = {}) {
  config made = sandbox_config(service, "URL", 4);
  made.runtime.admin.listen = "127.0.0.1:0";
  made.runtime.admin.token = secret{guarded_by};
  return made;
}

bool has_header(const http_answer& answer, const std::string& line) {
  return answer.headers.find("\r\n" + line) != std::string::npos;
}

std::set<std::string> keys_of(const json& object) {
  std::set<std::string> keys;
  for (const auto& [key, value] : object.items())
    keys.insert(key);
  return keys;
}

bool is_ready(const std::string& url) {
  return get(url, "/health/ready").status == 200;
}

} // namespace

TEST_CASE("the endpoint shows the runtime: health, snapshot, history, metrics, the page") {
  const live_runtime home{with_admin("admin_all")};
  const std::string url = home.on.admin_url();
  REQUIRE(url.starts_with("http://127.0.0.1:"));
  CHECK(get(url, "/health/live").body == "live");
  for (int i = 0; i < 50; ++i)
    static_cast<void>(home.db.execute(echo, admin_marker).get());
  static_cast<void>(why_not(home.db, "SELECT 1/0"));
  REQUIRE(eventually([&] { return is_ready(url); }));
  // A snapshot may be a little older than the latest answer.
  json all;
  REQUIRE(eventually([&] {
    all = json::parse(get(url, "/snapshot").body);
    return all["databases"][0]["totals"]["answered"] == 50 &&
           all["databases"][0]["totals"]["failed"] == 1;
  }));
  CHECK(keys_of(all) == std::set<std::string>{"service", "version", "profile", "pid", "host",
                                              "time", "started", "uptime_ms", "first_answer_ms",
                                              "ready", "not_ready_because", "failure", "reload",
                                              "databases", "tree"});
  CHECK(all["service"] == "admin_all");
  CHECK(all["ready"] == true);
  CHECK(all["tree"]["children"][0]["name"] == "primary");
  const json& db = all["databases"][0];
  CHECK(keys_of(db) == std::set<std::string>{"name", "problem", "pool", "queue", "circuit",
                                             "server", "totals", "healed", "statement_cache",
                                             "latency", "batch_size", "statements", "holders",
                                             "last_connect_error"});
  CHECK(db["totals"]["requests"] == 51);
  CHECK(db["circuit"]["state"] == "closed");
  CHECK(db["server"]["statement_mode"] == "named");
  CHECK(db["latency"]["acquire"]["count"] == 51);
  CHECK(db["latency"]["execute"]["p50"].get<double>() > 0.0);
  CHECK(db["latency"]["execute"]["p99"].get<double>() < 5.0);
  CHECK(db["latency"]["connect"]["count"].get<int>() >= 1);
  CHECK(db["statement_cache"]["hits"].get<int>() + db["statement_cache"]["misses"].get<int>() ==
        51);
  const json& statements = db["statements"];
  const auto echoed = std::find_if(statements.begin(), statements.end(),
                                   [](const json& each) { return each["name"] == "admin echo"; });
  REQUIRE(echoed != statements.end());
  CHECK((*echoed)["count"] == 50);
  CHECK((*echoed)["total_s"].get<double>() > 0.0);
  REQUIRE(
      eventually([&] { return json::parse(get(url, "/history").body)["samples"].size() >= 2; }));
  const json last = json::parse(get(url, "/history").body)["samples"].back();
  CHECK(last["databases"]["primary"]["answered"] == 50);
  CHECK(last["databases"]["primary"].contains("p99_ms"));
  const http_answer metrics = get(url, "/metrics");
  CHECK(has_header(metrics, "Content-Type: text/plain; version=0.0.4"));
  CHECK(metrics.body.find("freehold_ready 1\n") != std::string::npos);
  CHECK(
      metrics.body.find("freehold_answers_total{pool_name=\"primary\",outcome=\"result\"} 50\n") !=
      std::string::npos);
  const http_answer page = get(url, "/");
  CHECK(page.status == 200);
  CHECK(has_header(page, "Content-Type: text/html; charset=utf-8"));
  CHECK(has_header(page, "Content-Security-Policy: default-src 'self'"));
  CHECK(has_header(page, "Cache-Control: no-store"));
  CHECK(page.body.starts_with("<!DOCTYPE html>"));
  CHECK(get(url, "/nothing").status == 404);
  CHECK(get(url, "/snapshot", "", "POST").status == 405);
  const http_answer head = get(url, "/snapshot", "", "HEAD");
  CHECK(head.status == 200);
  CHECK(head.body.empty());
}

TEST_CASE("who has a part of the history is told what came since") {
  const live_runtime home{with_admin("admin_since")};
  const std::string url = home.on.admin_url();
  json whole;
  REQUIRE(eventually([&] {
    whole = json::parse(get(url, "/history").body)["samples"];
    return whole.size() >= 2;
  }));
  const auto first = whole.front()["t"].get<std::int64_t>();
  const json since =
      json::parse(get(url, "/history?since=" + std::to_string(first)).body)["samples"];
  REQUIRE(since.size() + 1 >= whole.size()); // one may have been taken meanwhile
  CHECK(since.front() == whole[1]);
  const std::string future = std::to_string(first + 3'600'000);
  CHECK(json::parse(get(url, "/history?since=" + future).body)["samples"].empty());
  for (const char* wrong : {"-1", "yesterday", "12x", "9999999999999999", "1e3"}) {
    INFO(wrong);
    CHECK(get(url, std::string{"/history?since="} + wrong).status == 400);
  }
}

TEST_CASE("with a token figures are for those who have it, and health is for everybody") {
  const live_runtime home{with_admin("admin_token", token)};
  const std::string url = home.on.admin_url();
  for (const char* path : {"/metrics", "/snapshot", "/history", "/nothing"}) {
    INFO(path);
    const http_answer none = get(url, path);
    CHECK(none.status == 401);
    CHECK(has_header(none, "WWW-Authenticate: Bearer"));
    for (const std::string& wrong :
         {std::string{"Bearer "}, "Bearer " + token + "x", "Bearer " + token.substr(1),
          "Bearer " + token + token, "Basic " + token, token})
      CHECK(get(url, path, "Authorization: " + wrong + "\r\n").status == 401);
  }
  const std::string right = "Authorization: Bearer " + token + "\r\n";
  for (const char* path : {"/metrics", "/snapshot", "/history"})
    CHECK(get(url, path, right).status == 200);
  for (const char* path : {"/health/live", "/"})
    CHECK(get(url, path).status == 200);
  CHECK(eventually([&] { return is_ready(url); }));
}

TEST_CASE("without a token only loopback names are answered") {
  const live_runtime home{with_admin("admin_host")};
  const std::string url = home.on.admin_url();
  for (const char* host : {"localhost", "localhost:80", "127.0.0.1:9", "[::1]", "[::1]:80"})
    CHECK(get(url, "/metrics", std::string{"Host: "} + host + "\r\n").status == 200);
  for (const char* host : {"evil.example", "evil.example:80", "127.0.0.1.evil.example", "["})
    CHECK(get(url, "/metrics", std::string{"Host: "} + host + "\r\n").status == 403);
  CHECK(get(url, "/health/live", "Host: 10.0.0.7:9187\r\n").status == 200);
}

TEST_CASE("no secret is in anything that the endpoint tells") {
  config options = with_admin("admin_secrets", token);
  database_options other = options.databases.front();
  other.name = "refused";
  other.target.parameters["user"] = "freehold_admin"; // with another's password
  options.databases.push_back(other);
  const live_runtime home{std::move(options)};
  static_cast<void>(home.db.execute(echo, admin_marker).get());
  static_cast<void>(
      why_not(home.db.execute(statement{"admin int", "SELECT $1::int"}, admin_marker)));
  const std::string url = home.on.admin_url();
  const std::string right = "Authorization: Bearer " + token + "\r\n";
  REQUIRE(eventually([&] {
    const std::string body = get(url, "/snapshot", right).body;
    return body.find("admin int") != std::string::npos &&
           body.find("password authentication failed") != std::string::npos;
  }));
  for (const char* path : {"/metrics", "/snapshot", "/history", "/health/ready", "/nothing"}) {
    const http_answer told = get(url, path, right);
    for (const std::string& secret_text : {sandbox("PASSWORD"), token, admin_marker}) {
      CHECK(told.body.find(secret_text) == std::string::npos);
      CHECK(told.headers.find(secret_text) == std::string::npos);
    }
  }
}

TEST_CASE("who stalls, floods or sends garbage stops neither requests nor health") {
  const live_runtime home{with_admin("admin_flood")};
  const std::string url = home.on.admin_url();
  const std::uint16_t port = port_of(url);
  REQUIRE(eventually([&] { return is_ready(url); }));
  traffic load{home.db, 16, [](std::uint64_t) { return freehold::bind(echo, admin_marker); }};
  for (const std::string& garbage :
       {std::string(5'000, '\0'), std::string{"GET\r\n\r\n"}, std::string(20'000, 'x'),
        "GET /metrics HTTP/9.9\r\n\r\n" + std::string(100, '\xFF'),
        "GET /" + std::string(9'000, '(') + " HTTP/1.1\r\n\r\n",
        std::string{"POST /snapshot HTTP/1.1\r\nContent-Length: 99999999999\r\n\r\nx"}}) {
    const raw_client client{port};
    client.send(garbage);
    client.finish();
    CHECK(client.receive().find(" 200 ") == std::string::npos);
  }
  std::deque<raw_client> stalled; // each has sent half a request
  for (int i = 0; i < 24; ++i)
    stalled.emplace_back(port).send("GET /snapshot HT");
  const auto begun = std::chrono::steady_clock::now();
  REQUIRE(eventually([&] { return get(url, "/health/live").status == 200; }));
  CHECK(std::chrono::steady_clock::now() - begun < 4s);
  std::atomic<bool> done{false};
  std::vector<std::thread> flood;
  for (int i = 0; i < 4; ++i)
    flood.emplace_back([&] {
      while (!done)
        static_cast<void>(get(url, "/metrics"));
    });
  const std::uint64_t before = load.succeeded();
  CHECK(eventually([&] { return get(url, "/health/ready").status == 200; }, 1s));
  CHECK(eventually([&] { return load.succeeded() > before + 200; }, 10s));
  done = true;
  for (std::thread& each : flood)
    each.join();
  CHECK(load.stop());
  CHECK(load.failed() == 0);
}

TEST_CASE("it is ready while the server is there, and lives on when it is not") {
  config options = with_admin("admin_ready");
  options.databases.front().liveness.ping_interval = 100ms;
  options.databases.front().liveness.ping_timeout = 50ms;
  options.databases.front().breaker.open_first = 200ms;
  options.databases.front().breaker.open_cap = 400ms;
  const live_runtime home{std::move(options)};
  const std::string url = home.on.admin_url();
  REQUIRE(eventually([&] { return is_ready(url); }));
  sandbox_does("server stop");
  CHECK(eventually([&] { return get(url, "/health/ready").status == 503; }, 10s));
  const http_answer why = get(url, "/health/ready");
  CHECK(get(url, "/health/live").status == 200);
  sandbox_does("server start");
  const json told = json::parse(why.body);
  CHECK(told["ready"] == false);
  CHECK(told["not_ready_because"].get<std::string>().find("database \"primary\": ") == 0);
  CHECK(eventually([&] { return is_ready(url); }, 10s));
}

TEST_CASE("an address that is taken is refused with its name, and is free after stop") {
  live_runtime first{with_admin("admin_taken")};
  config same = with_admin("admin_taken");
  same.runtime.admin.listen = first.on.admin_url().substr(7);
  try {
    const runtime second{same};
    FAIL("it was accepted");
  } catch (const config_error& why) {
    REQUIRE(why.problems().size() == 1);
    CHECK(why.problems().front().key == "runtime.admin.listen");
    CHECK(why.problems().front().message.find("Address already in use") != std::string::npos);
  }
  first.on.stop();
  const runtime third{same};
  CHECK(get(third.admin_url(), "/health/live").status == 200);
}

TEST_CASE("a service has the same in C++, and none of it without an endpoint") {
  config options = sandbox_config("admin_off");
  live_runtime home{std::move(options)};
  CHECK(home.on.admin_url().empty());
  static_cast<void>(home.db.execute(echo, "x").get());
  runtime_snapshot seen;
  // The caller has its answer a moment before the supervisor hears of it.
  CHECK(eventually([&] {
    seen = home.on.snapshot(5s);
    return seen.databases.at(0).whole.count > 0;
  }));
  REQUIRE(seen.databases.size() == 1);
  CHECK(seen.databases.front().problem.empty());
  CHECK(seen.databases.front().requests_total == 1);
  CHECK(seen.databases.front().whole.count == 1);
  CHECK(seen.ready);
  CHECK(seen.not_ready_because.empty());
  home.on.stop();
  const runtime_snapshot after = home.on.snapshot(5s);
  CHECK_FALSE(after.ready);
  CHECK(after.not_ready_because == "the runtime is stopping");
  CHECK(after.databases.front().problem == "the runtime has stopped");
}
