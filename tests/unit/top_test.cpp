#include "actors/command/board.hpp"
#include "tests/support/catch.hpp"
#include "tests/unit/command_support.hpp"

#include <httplib.h>
#include <nlohmann/json.hpp>

#include <thread>

using namespace freehold;
using freehold::command::board;
using freehold::command::colors;
using freehold::command::palette;
using freehold::testing::command_run;
using freehold::testing::holds;
using freehold::testing::run_command;
using nlohmann::json;

namespace {

json sample() {
  return json::parse(R"({
    "service":"rental","version":"0.1.0","profile":"production","pid":123,"host":"web1",
    "time":"2026-11-26T20:51:00.123Z","started":"2026-11-26T20:40:00.000Z","uptime_ms":660000,
    "first_answer_ms":31,"ready":true,"not_ready_because":"","failure":"",
    "reload":{"applied_total":0,"refused_total":0,"last":null},
    "databases":[{"name":"primary",
      "pool":{"connecting":0,"idle":3,"busy":2,"exclusive":1,"leased":1,"draining":0,"total":7,
              "max":10,"min":2},
      "queue":{"waiting":4,"length":200,"longest_wait_ms":1500},
      "circuit":{"state":"closed","forced":"automatic","cause":"","in_state_ms":660000,
                 "retry_after_ms":0,"opened_total":0,"refused_total":0},
      "server":{"version":"15.18","version_number":150018,"pooler":false,
                "pooler_tracks_statements":false,"statement_mode":"named","standby":false,
                "reason":""},
      "totals":{"requests":1000,"answered":990,"failed":4,"refused":0,"shed":0,"retries":2,
                "fallbacks":0,"connects":7,"connect_failures":0,"sessions_lost":0},
      "healed":{"names_taken":0,"names_unknown":0,"stale_plans":0},
      "statement_cache":{"hits":0,"misses":0,"evictions":0},
      "latency":{"acquire":{"count":0,"sum":0,"p50":0,"p95":0,"p99":0},
                 "execute":{"count":10,"sum":0.01,"p50":0.0005,"p95":0.001,"p99":0.002},
                 "connect":{"count":0,"sum":0,"p50":0,"p95":0,"p99":0}},
      "batch_size":{"count":0,"sum":0,"p50":0,"p95":0,"p99":0},
      "statements":[{"name":"homes_in_city","count":900,"failed":1,"total_s":0.5,"mean_ms":0.55,
                     "p99_ms":2.25}],
      "holders":[{"connection":3,"what":"lease","query_id":"k3x9f2","age_ms":1234}],
      "last_connect_error":""}],
    "tree":{"name":"runtime","kind":"runtime","state":"running","since":"","restarts_total":0,
      "last_reason":"","children":[{"name":"primary","kind":"database","state":"running",
      "since":"","restarts_total":2,"last_reason":"a defect","children":[]}]}})");
}

const palette plain{false};

/// A service's admin endpoint, as far as it is asked.
class endpoint {
public:
  explicit endpoint(std::string body, std::string token = {}) {
    server_.Get(
        "/snapshot", [body, token](const httplib::Request& asked, httplib::Response& answer) {
          if (!token.empty() && asked.get_header_value("Authorization") != "Bearer " + token)
            answer.status = 401;
          else
            answer.set_content(body, "application/json");
        });
    port_ = server_.bind_to_any_port("127.0.0.1");
    serving_ = std::thread{[this] { server_.listen_after_bind(); }};
    server_.wait_until_ready_or_give_up();
  }
  endpoint(const endpoint&) = delete;
  endpoint& operator=(const endpoint&) = delete;
  ~endpoint() {
    server_.stop();
    serving_.join();
  }
  [[nodiscard]] std::string url() const { return "http://127.0.0.1:" + std::to_string(port_); }

private:
  struct waiting_server : httplib::Server {
    // `stop` before it runs would be forgotten.
    void wait_until_ready_or_give_up() const {
      const auto until = std::chrono::steady_clock::now() + std::chrono::seconds{5};
      while (!is_running() && std::chrono::steady_clock::now() < until)
        std::this_thread::yield();
    }
  };
  waiting_server server_;
  int port_ = 0;
  std::thread serving_;
};

} // namespace

TEST_CASE("the board shows pool, queue, circuit, statements, holders and tree") {
  const std::string text = board(sample(), {}, 120, plain);
  CHECK(holds(text, "rental 0.1.0  pid 123 on web1  up 11 min 00 s  production  ready"));
  CHECK(holds(text, "[##XL---   ] 7 of 10: 2 busy 1 exclusive 1 leased 3 idle"));
  CHECK(holds(text, "4 of 200 waiting, longest 1.5 s"));
  CHECK(holds(text, "circuit  closed for 11 min 00 s"));
  CHECK(holds(text, "execute p50 0.50 p99 2.00 ms"));
  CHECK_FALSE(holds(text, "acquire"));
  CHECK(holds(text, "connection 3: lease k3x9f2 for 1.2 s"));
  CHECK(holds(text, "homes_in_city                           900        1       0.55       2.25"));
  CHECK(holds(text, "primary (database) running, 2 restarts, last: a defect"));
}

TEST_CASE("rates are differences of totals over the time between two snapshots") {
  json later = sample();
  later["uptime_ms"] = 662'000;
  later["databases"][0]["totals"]["requests"] = 1'246;
  CHECK(holds(board(later, sample(), 120, plain), "123.0 requests  0.0 answered"));
  CHECK(holds(board(later, {}, 120, plain), "1246 requests"));
  later["started"] = "2026-11-26T20:45:00.000Z"; // another process: nothing to compare with
  CHECK(holds(board(later, sample(), 120, plain), "1246 requests"));
}

TEST_CASE("what is wrong stands out") {
  json bad = sample();
  bad["ready"] = false;
  bad["not_ready_because"] = "primary: circuit open";
  bad["databases"][0]["circuit"] = {
      {"state", "open"},        {"forced", "open"},  {"cause", "refused\x1b"}, {"in_state_ms", 100},
      {"retry_after_ms", 5000}, {"opened_total", 1}, {"refused_total", 9}};
  bad["databases"][0]["last_connect_error"] = "cannot connect";
  const std::string text = board(bad, {}, 120, plain);
  CHECK(holds(text, "not ready: primary: circuit open"));
  CHECK(
      holds(text, "open for 100 ms, opened 1 times, refused 9, forced open, next trial in 5.0 s"));
  CHECK(holds(text, "connect  cannot connect"));
  CHECK_FALSE(holds(text, "\x1b"));
  CHECK(holds(board(bad, {}, 120, palette{true}), "\x1b[31mopen"));
}

TEST_CASE("lines end at the width, and a snapshot may lack anything") {
  std::istringstream lines{board(sample(), {}, 40, plain)};
  for (std::string line; std::getline(lines, line);)
    CHECK(line.size() <= 40);
  for (const char* odd : {"{}", R"({"databases":[{}]})", R"({"databases":7,"tree":[]})",
                          R"({"databases":[null],"tree":{"children":[1]}})"})
    CHECK_FALSE(board(json::parse(odd), json::parse(odd), 80, plain).empty());
  CHECK(command::wrapped("x", 0) == "x");
}

TEST_CASE("top asks a running service once") {
  const endpoint service{sample().dump()};
  const command_run run = run_command({"top", service.url(), "--once"});
  CHECK(run.status == 0);
  CHECK(holds(run.out, "7 of 10"));
  CHECK(run_command({"top", service.url() + "/", "--once"}).status == 0);
  const command_run raw = run_command({"top", service.url(), "--once", "--json"});
  CHECK(json::parse(raw.out) == sample());
}

TEST_CASE("top brings the token along, from the option or the environment, and never shows it") {
  const endpoint service{sample().dump(), "s3cret"};
  const command_run without = run_command({"top", service.url(), "--once"});
  CHECK(without.status == 1);
  CHECK(holds(without.err, "FREEHOLD_ADMIN_TOKEN"));
  const command_run wrong = run_command({"top", service.url(), "--once", "--token", "gu3ss"});
  CHECK(wrong.status == 1);
  CHECK_FALSE(holds(wrong.out + wrong.err, "gu3ss"));
  CHECK(run_command({"top", service.url(), "--once", "--token", "s3cret"}).status == 0);
}

TEST_CASE("top says what is wrong with an address that gives no snapshot") {
  const endpoint other{"<html>"};
  CHECK(holds(run_command({"top", other.url(), "--once"}).err, "not the admin endpoint"));
  CHECK(holds(run_command({"top", other.url() + "/elsewhere", "--once"}).err, "status 404"));
  CHECK(holds(run_command({"top", "http://127.0.0.1:1", "--once"}).err, "cannot be reached"));
  CHECK(run_command({"top", "ftp://127.0.0.1", "--once"}).status == 1);
}
