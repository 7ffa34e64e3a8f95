// What the log of a runtime says, line by line.

#include "tests/support/live_runtime.hpp"

#include <nlohmann/json.hpp>
#include <spdlog/sinks/base_sink.h>

#include <cmath>
#include <mutex>
#include <thread>

using namespace freehold;
using namespace freehold::testing;
using nlohmann::json;

namespace {

/// Keeps lines as they would be written; any thread may look.
class keeping_sink final : public spdlog::sinks::base_sink<std::mutex> {
public:
  [[nodiscard]] std::vector<std::string> lines() {
    const std::lock_guard lock{mutex_};
    return lines_;
  }

private:
  void sink_it_(const spdlog::details::log_msg& message) override {
    spdlog::memory_buf_t text;
    formatter_->format(message, text);
    lines_.emplace_back(text.data(), text.size());
  }
  void flush_() override {}

  std::vector<std::string> lines_;
};

/// A runtime that writes JSON lines to a sink of the service's.
struct logging_runtime {
  explicit logging_runtime(config options) : on{std::move(options), {nullptr, {json_sink()}}} {}

  /// The first of all queries has a line of its own, which its connection writes after the answer.
  void answer_first() const {
    static_cast<void>(db.execute(statement{"first of all", "SELECT 1"}).get());
    while (!on.snapshot().first_answer)
      std::this_thread::yield();
  }
  /// Each has to be one object.
  [[nodiscard]] std::vector<json> lines() const {
    std::vector<json> all;
    for (const std::string& line : sink->lines()) {
      CHECK(line.find('\n') == line.size() - 1);
      all.push_back(json::parse(line));
      CHECK(all.back().is_object());
    }
    return all;
  }
  [[nodiscard]] std::vector<json> about(const std::string& key, const std::string& value) const {
    std::vector<json> found;
    for (json& line : lines())
      if (line.contains(key) && line[key] == value)
        found.push_back(std::move(line));
    return found;
  }
  [[nodiscard]] std::string text() const {
    std::string all;
    for (const std::string& line : sink->lines())
      all += line;
    return all;
  }

  std::shared_ptr<keeping_sink> sink = std::make_shared<keeping_sink>();
  freehold::runtime on;
  database db{on.database("primary")};

private:
  spdlog::sink_ptr json_sink() {
    sink->set_formatter(json_log_formatter());
    return sink;
  }
};

config noisy(const std::string& service) {
  config options = sandbox_config(service, "URL", 2);
  options.runtime.level = log_level::debug;
  options.databases.front().breaker.consecutive_failures = 1'000;
  options.databases.front().breaker.failure_rate = 1.0;
  options.databases.front().breaker.minimum_calls = 100'000;
  return options;
}

const statement end_itself{"end itself", "SELECT pg_terminate_backend(pg_backend_pid())"};

// What the lines that begin so stand for, and how many they are.
std::pair<std::uint64_t, std::size_t> counted(const std::vector<json>& lines,
                                              const std::string& beginning) {
  std::pair<std::uint64_t, std::size_t> sum{0, 0};
  for (const json& line : lines) {
    if (line["message"].get<std::string>().rfind(beginning, 0) != 0)
      continue;
    sum.first += line.value("repeats", std::uint64_t{1});
    ++sum.second;
  }
  return sum;
}

} // namespace

TEST_CASE("every line is JSON, and those of a request carry its id, statement and times") {
  logging_runtime home{noisy("log_lines")};
  home.answer_first();
  static_cast<void>(home.db.execute(statement{"fine", "SELECT 1"}).get());
  const error refused = why_not(home.db.execute(statement{"by zero", "SELECT 1 / 0"}));
  const error leased = why_not(home.db.lease().get().execute(statement{"leased", "SELECT 2 / 0"}));
  const error alone = why_not(home.db.transact([](transaction& tx) {
    tx.execute(statement{"in a transaction", "SELECT 3 / 0"});
  }));
  const error lost = why_not(home.db.execute(end_itself));
  home.on.stop();

  for (const json& line : home.lines())
    for (const char* key : {"time", "level", "logger", "message"})
      CHECK(line.contains(key));
  for (const error* each : {&refused, &lost, &leased, &alone}) {
    INFO(to_string(*each) << home.text());
    const std::vector<json> said = home.about("query", each->query_id);
    // Whether what was lost, or a function, is tried again has a line of its own.
    REQUIRE(said.size() == (each == &lost || each == &alone ? 2 : 1));
    CHECK(said.back()["error"] == to_string(each->code));
    const json& line = said.front();
    CHECK(line["level"] == "debug");
    CHECK(line["database"] == "primary");
    CHECK(line["statement"].get<std::string>().size() > 3);
    CHECK(line["connection"].get<int>() > 0);
    CHECK(line["attempt"] == 1);
    for (const char* key : {"time_ms", "waited_ms", "ran_ms"}) {
      CHECK(line[key].is_number());
      CHECK(line[key] >= 0);
      CHECK(line[key] < 60'000);
    }
  }
  REQUIRE(home.about("statement", "fine").size() == 1);
  CHECK(!home.about("statement", "fine").front().contains("error"));
  CHECK(home.about("statement", "leased").size() == 1);
  CHECK(home.about("query", lost.query_id).front()["connection"] ==
        home.about("level", "warn").front()["connection"]);
}

TEST_CASE("a retried request says so under its id") {
  config options = noisy("log_retry");
  options.databases.front().retry.budget = 1.0;
  logging_runtime home{std::move(options)};
  const statement conflict{"conflict",
                           "DO $$ BEGIN RAISE EXCEPTION 'again' USING ERRCODE = '40001'; END $$"};
  const error why = why_not(home.db.execute(conflict));
  REQUIRE(why.attempts > 1);
  home.on.stop();
  const std::vector<json> said = home.about("query", why.query_id);
  CHECK(said.size() == 2 * why.attempts); // each attempt's time, and what came of it
  CHECK(said.back()["attempt"] == why.attempts);
}

TEST_CASE("a slow query is logged at warn, without values and SQL text") {
  config options = noisy("log_slow");
  options.runtime.level = log_level::info;
  options.runtime.slow_query_threshold = 100ms;
  logging_runtime home{std::move(options)};
  home.answer_first();
  const statement slow{"slow one", "SELECT pg_sleep(0.12), $1::text AS text_of_the_statement"};
  static_cast<void>(home.db.execute(statement{"fast", "SELECT 1"}).get());
  static_cast<void>(home.db.execute(slow, "marker-of-a-value").get());
  static_cast<void>(home.db.lease().get().execute(slow, "marker-of-a-value").get());
  home.on.stop();
  const std::vector<json> said = home.about("statement", "slow one");
  REQUIRE(said.size() == 2);
  for (const json& line : said) {
    CHECK(line["level"] == "warn");
    CHECK(line["time_ms"] >= 120);
    CHECK(line["ran_ms"] >= 120);
    CHECK(line["waited_ms"] < 10'000);
    CHECK(line["query"].get<std::string>().size() == 6);
    CHECK(line["connection"] > 0);
  }
  CHECK(home.about("statement", "fast").empty());
  for (const std::string secret : {"marker-of-a-value", "text_of_the_statement", "pg_sleep"})
    CHECK(home.text().find(secret) == std::string::npos);
  CHECK(home.text().find(sandbox("PASSWORD")) == std::string::npos);
}

TEST_CASE("of sampled slow queries the next line tells how many were left out") {
  config options = noisy("log_sampled");
  options.runtime.level = log_level::warn;
  options.runtime.slow_query_threshold = 1ms;
  options.runtime.log.slow_query_sampling = 0.3;
  logging_runtime home{std::move(options)};
  const statement slow{"slow one", "SELECT pg_sleep(0.002)"};
  for (int i = 0; i < 200; ++i)
    static_cast<void>(home.db.execute(slow).get());
  home.on.stop();
  std::uint64_t sum = 0;
  const std::vector<json> said = home.about("statement", "slow one");
  for (const json& line : said)
    sum += 1 + line.value("left_out", std::uint64_t{0});
  CHECK(said.size() > 20); // 60 are expected
  CHECK(said.size() < 120);
  CHECK(sum > 150); // but for those after the last line
  CHECK(sum <= 200);
}

TEST_CASE("a flood of the same failure is few lines that add up to all") {
  config options = noisy("log_flood");
  options.runtime.level = log_level::info;
  options.databases.front().pool.max_connections = 1;
  options.databases.front().pool.min_connections = 1;
  logging_runtime home{std::move(options)};
  for (int i = 0; i < 100; ++i)
    static_cast<void>(why_not(home.db.execute(end_itself)));
  // It runs when the last of those sessions has been replaced.
  CHECK(home.db.execute(statement{"at last", "SELECT 1", read_only}).get().size() == 1);
  const std::uint64_t lost = home.db.snapshot().sessions_lost_total;
  home.on.stop();
  const auto [all, lines] = counted(home.lines(), "the session was lost");
  INFO(home.text());
  CHECK(lost > 50); // a request may find that the session has ended before it
  CHECK(all == lost);
  CHECK(lines <= 5);
}

TEST_CASE("what was counted is told in time, although nothing else is logged") {
  config options = noisy("log_told");
  options.runtime.level = log_level::info;
  options.runtime.log.repeat_interval = 200ms;
  logging_runtime home{std::move(options)};
  for (int i = 0; i < 5; ++i)
    static_cast<void>(why_not(home.db.execute(end_itself)));
  CHECK(eventually([&] { return counted(home.lines(), "the session was lost").first >= 5; }));
  CHECK(home.text().find(" more like this in the last ") != std::string::npos);
}

TEST_CASE("the time to the first answer is told once, and kept") {
  config options = sandbox_config("log_first", "URL", 2);
  options.runtime.level = log_level::info;
  const auto start = std::chrono::steady_clock::now();
  logging_runtime home{std::move(options)};
  CHECK_FALSE(home.on.snapshot().first_answer);
  home.answer_first();
  home.answer_first();
  const auto took = std::chrono::steady_clock::now() - start;
  CHECK(eventually([&] { return home.on.snapshot().first_answer.has_value(); }));
  home.on.stop();
  const std::vector<json> said = home.about("statement", "first of all");
  INFO(home.text());
  REQUIRE(said.size() == 1);
  CHECK(said.front()["level"] == "info");
  CHECK(said.front()["message"].get<std::string>().rfind("the first query was answered ", 0) == 0);
  using milliseconds = std::chrono::duration<double, std::milli>;
  const milliseconds told{home.on.snapshot().first_answer.value()};
  CHECK(std::abs(said.front()["time_ms"].get<double>() - told.count()) < 0.01);
  CHECK(told > 0ms);
  CHECK(told < took);
}
