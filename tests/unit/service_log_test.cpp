#include "runtime/event_log.hpp"
#include "runtime/service_log.hpp"
#include "tests/support/catch.hpp"

#include <spdlog/sinks/ostream_sink.h>
#include <unistd.h>

#include <array>
#include <cstdio>
#include <memory>
#include <sstream>

using namespace freehold;
using namespace std::chrono_literals;

namespace {

/// What is written to the process's stderr while it lives.
class captured_stderr {
public:
  captured_stderr() {
    std::fflush(stderr);
    dup2(fileno(file_.get()), STDERR_FILENO);
  }
  captured_stderr(const captured_stderr&) = delete;
  captured_stderr& operator=(const captured_stderr&) = delete;
  ~captured_stderr() { restore(); }

  [[nodiscard]] std::string text() {
    restore();
    std::rewind(file_.get());
    std::string all;
    std::array<char, 256> part{};
    while (std::fgets(part.data(), part.size(), file_.get()) != nullptr)
      all += part.data();
    return all;
  }

private:
  void restore() {
    std::fflush(stderr);
    dup2(kept_, STDERR_FILENO);
  }

  int kept_ = dup(STDERR_FILENO);
  std::unique_ptr<std::FILE, int (*)(std::FILE*)> file_{std::tmpfile(), std::fclose};
};

} // namespace

TEST_CASE("the runtime's own sink writes in the format in force, which may change") {
  runtime_options options;
  options.log.format = log_format::text;
  captured_stderr captured;
  service_log log{options, {}};
  const event_log on{log.logger(), "primary"};
  on->warn({.connection = 3}, "lost {}", "it");
  options.log.format = log_format::json;
  log.apply(options);
  on->warn({.connection = 4}, "found it");
  log.logger()->flush();
  const std::string text = captured.text();
  INFO(text);
  CHECK(text.find("[freehold] [warning] lost it [database=primary connection=3]\n{\"time\":") !=
        std::string::npos);
  CHECK(text.find(R"("level":"warn","logger":"freehold","message":"found it",)"
                  R"("database":"primary","connection":4})") != std::string::npos);
}

TEST_CASE("a sink that is handed in keeps its formatter, whatever the format") {
  std::ostringstream text;
  auto sink = std::make_shared<spdlog::sinks::ostream_sink_mt>(text);
  sink->set_pattern("mine: %v");
  runtime_options options;
  service_log log{options, {sink}};
  event_log{log.logger(), "primary"}.info("it {}", 1);
  options.log.format = log_format::text;
  log.apply(options);
  event_log{log.logger()}.info("other");
  CHECK(text.str() == "mine: it 1 [database=primary]\nmine: other\n");
}

TEST_CASE("level, threshold, sampling and interval are changed while it is used") {
  std::ostringstream text;
  runtime_options options;
  service_log log{options, {std::make_shared<spdlog::sinks::ostream_sink_mt>(text)}};
  const event_log on = log.logger();
  on->debug("not {}", "written");
  CHECK(text.str().empty());
  options.level = log_level::debug;
  options.slow_query_threshold = 7ms;
  options.log.slow_query_sampling = 0.0;
  options.log.repeat_interval = 0ms;
  log.apply(options);
  on->debug("written");
  CHECK_FALSE(text.str().empty());
  CHECK(log.slow()->is_slow(7ms));
  CHECK_FALSE(log.slow()->admit(slow_queries::time_point{1h}));
  text.str("");
  on->warn("same");
  on->warn("same");
  CHECK(text.str().find("same") != text.str().rfind("same"));
  options.level = log_level::off;
  log.apply(options);
  CHECK_FALSE(on->should_log(spdlog::level::critical));
}
