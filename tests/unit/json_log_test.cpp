#include "runtime/json_log.hpp"
#include "runtime/log_fields.hpp"
#include "tests/support/catch.hpp"

#include <nlohmann/json.hpp>
#include <random>

using namespace freehold;
using namespace std::chrono_literals;

namespace {

std::string json_of(std::string_view line, spdlog::level::level_enum level = spdlog::level::warn,
                    std::string_view logger = "freehold") {
  spdlog::details::log_msg message{spdlog::string_view_t{logger.data(), logger.size()}, level,
                                   spdlog::string_view_t{line.data(), line.size()}};
  message.time = spdlog::log_clock::time_point{1'795'726'260'023ms};
  return to_json(message);
}

} // namespace

TEST_CASE("a JSON line has time, level, logger, message and the fields") {
  CHECK(json_of(to_line("the \"session\" was lost", {.database = "primary",
                                                     .query = "000001",
                                                     .connection = 3,
                                                     .statement = "homes in city",
                                                     .time = 731'204us})) ==
        R"({"time":"2026-11-26T20:51:00.023Z","level":"warn","logger":"freehold",)"
        R"("message":"the \"session\" was lost","database":"primary","query":"000001",)"
        R"("connection":3,"statement":"homes in city","time_ms":731.204})");
}

TEST_CASE("a query id of digits stays text") {
  const auto read = nlohmann::json::parse(json_of("x [query=123456]"));
  CHECK(read["query"] == "123456");
}

TEST_CASE("levels are called as in the configuration") {
  const std::vector<std::pair<spdlog::level::level_enum, std::string>> names{
      {spdlog::level::trace, "trace"}, {spdlog::level::debug, "debug"},
      {spdlog::level::info, "info"},   {spdlog::level::warn, "warn"},
      {spdlog::level::err, "error"},   {spdlog::level::critical, "critical"}};
  for (const auto& [level, name] : names)
    CHECK(nlohmann::json::parse(json_of("x", level))["level"] == name);
}

TEST_CASE("a time before 1970 is one, too") {
  spdlog::details::log_msg message{"freehold", spdlog::level::info, "x"};
  message.time = spdlog::log_clock::time_point{-1ms};
  CHECK(nlohmann::json::parse(to_json(message))["time"] == "1969-12-31T23:59:59.999Z");
}

TEST_CASE("any bytes make one line that parses") {
  std::mt19937 engine{4711};
  for (int i = 0; i < 5'000; ++i) {
    std::string message;
    std::string name;
    for (auto n = engine() % 40; n > 0; --n)
      (n % 3 == 0 ? name : message) += static_cast<char>(engine() % 256);
    // Also as somebody may log who does not clean what he says.
    for (const std::string& line : {to_line(message, {.statement = name}), message}) {
      const std::string text = json_of(line);
      REQUIRE(text.find('\n') == std::string::npos);
      const auto read = nlohmann::json::parse(text);
      REQUIRE(read["level"] == "warn");
    }
  }
}

TEST_CASE("the formatter ends each line, and so does its clone") {
  const auto formatter = json_formatter{}.clone();
  spdlog::memory_buf_t to;
  const spdlog::details::log_msg message{"freehold", spdlog::level::info, "x"};
  formatter->format(message, to);
  formatter->format(message, to);
  const std::string text{to.data(), to.size()};
  CHECK(std::count(text.begin(), text.end(), '\n') == 2);
  CHECK(text.back() == '\n');
}
