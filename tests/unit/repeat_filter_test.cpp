#include "runtime/log_fields.hpp"
#include "runtime/repeat_filter.hpp"
#include "runtime/repeat_sink.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/instant.hpp"

#include <spdlog/logger.h>
#include <spdlog/sinks/ostream_sink.h>

#include <sstream>
#include <thread>

using namespace freehold;
using namespace freehold::testing;
using namespace std::chrono_literals;
namespace level = spdlog::level;

namespace {

std::uint64_t sum(const std::vector<counted_lines>& told) {
  std::uint64_t all = 0;
  for (const counted_lines& each : told)
    all += each.count;
  return all;
}

/// A logger behind the sink, in time moved by hand.
struct logged {
  std::ostringstream text;
  repeat_filter::time_point now = start;
  std::shared_ptr<repeat_sink> sink;
  std::shared_ptr<spdlog::logger> log;

  explicit logged(std::chrono::milliseconds interval) {
    auto to = std::make_shared<spdlog::sinks::ostream_sink_mt>(text);
    to->set_pattern("%l %v");
    sink = std::make_shared<repeat_sink>(std::vector<spdlog::sink_ptr>{to}, interval,
                                         [this] { return now; });
    log = std::make_shared<spdlog::logger>("test", sink);
    log->set_level(level::trace);
  }
  [[nodiscard]] std::ptrdiff_t lines() const {
    const std::string all = text.str();
    return std::count(all.begin(), all.end(), '\n');
  }
  [[nodiscard]] bool says(const std::string& part) const {
    return text.str().find(part) != std::string::npos;
  }
};

} // namespace

TEST_CASE("lines that differ in their numbers only are of one kind") {
  const auto same = [](std::string_view one, std::string_view other) {
    return kind_of_line(level::warn, one) == kind_of_line(level::warn, other);
  };
  CHECK(same("lost after 12 ms [connection=3]", "lost after 1234 ms [connection=17]"));
  CHECK(same("7", "8"));
  CHECK_FALSE(same("lost", "found"));
  CHECK_FALSE(same("lost [database=db1]", "lost [database=db2]"));
  CHECK_FALSE(same("lost [database=replica-1]", "lost [database=replica-2]"));
  CHECK_FALSE(same("SQLSTATE 57P01", "SQLSTATE 57P03"));
  CHECK(kind_of_line(level::warn, "lost") != kind_of_line(level::err, "lost"));
}

TEST_CASE("within an interval a kind is written once and then counted") {
  repeat_filter filter{10s};
  CHECK(filter.admit(level::warn, "lost 1", start));
  CHECK_FALSE(filter.next_event());
  CHECK_FALSE(filter.admit(level::warn, "lost 2", start + 1s));
  CHECK_FALSE(filter.admit(level::warn, "lost 3", start + 9s));
  CHECK(filter.admit(level::warn, "another", start + 9s));
  CHECK(filter.next_event() == start + 10s);
  CHECK(filter.due(start + 9s).empty());
  const auto told = filter.due(start + 10s);
  REQUIRE(told.size() == 1);
  CHECK(told.front().latest == "lost 3");
  CHECK(told.front().count == 2);
  CHECK(told.front().within == 10s);
  // It goes on: counted, until an interval passes without any.
  CHECK_FALSE(filter.admit(level::warn, "lost 4", start + 11s));
  CHECK(sum(filter.due(start + 20s)) == 1);
  CHECK(filter.due(start + 30s).empty());
  CHECK(filter.admit(level::warn, "lost 5", start + 31s));
}

TEST_CASE("the lines written and told add up to all, also when kinds make room for others") {
  for (const std::uint64_t kinds : {1U, 10U, 1'000U}) {
    repeat_filter filter{10s};
    std::uint64_t written = 0;
    std::uint64_t told = 0;
    std::size_t tellings = 0;
    for (std::uint64_t i = 0; i < 10'000; ++i) {
      const auto now = start + i * 5ms;
      written += filter.admit(level::err, "kind_" + std::to_string(i % kinds), now) ? 1 : 0;
      const auto due = filter.due(now);
      tellings += due.size();
      told += sum(due);
    }
    const auto rest = filter.all(start + 1min);
    tellings += rest.size();
    CHECK(written + told + sum(rest) == 10'000);
    CHECK(filter.all(start + 1min).empty());
    if (kinds <= 10)
      CHECK(written + tellings <= kinds * 7); // 50 s
  }
}

TEST_CASE("within an interval of 0 nothing repeats, and what was counted is told") {
  repeat_filter filter{10s};
  CHECK(filter.admit(level::warn, "lost", start));
  CHECK_FALSE(filter.admit(level::warn, "lost", start));
  filter.set_interval(0ms);
  CHECK(sum(filter.due(start)) == 1);
  CHECK(filter.admit(level::warn, "lost", start));
  CHECK(filter.admit(level::warn, "lost", start));
}

TEST_CASE("10 000 repeats are few lines with the right sum") {
  logged home{10s};
  for (int i = 0; i < 10'000; ++i) {
    home.log->warn("lost after {} ms [connection={}]", i, i % 10);
    home.now += 3ms;
  }
  home.log->flush();
  CHECK(home.lines() == 4);
  CHECK(home.says("warning lost after 0 ms [connection=0]\n"));
  std::uint64_t sum = 1;
  std::istringstream read{home.text.str()};
  for (std::string line; std::getline(read, line);)
    for_each_field(split_line(line).fields, [&](field&& one) {
      if (one.key == "repeats")
        sum += std::stoull(one.value);
    });
  CHECK(sum == 10'000);
  CHECK(home.says("more like this in the last 10 s) [connection="));
}

TEST_CASE("what may not be counted is written: debug, one request's, other kinds") {
  logged home{10s};
  for (int i = 0; i < 5; ++i) {
    home.log->debug("a query took {} ms", i);
    home.log->warn("it was slow [query=abcde{}]", i);
    home.log->error("kind {}", std::string(static_cast<std::size_t>(i + 1), 'x'));
    home.log->critical("kind {}", std::string(static_cast<std::size_t>(i + 1), 'x'));
  }
  CHECK(home.lines() == 20);
}

TEST_CASE("an ended interval is told by whatever comes next, or when asked") {
  logged home{10s};
  int calls = 0;
  home.sink->on_counting([&] { ++calls; });
  for (int i = 0; i < 3; ++i)
    home.log->warn("lost");
  CHECK(calls == 1);
  CHECK(home.sink->tell_due() == home.now + 10s);
  CHECK(home.lines() == 1);
  home.now += 11s;
  CHECK_FALSE(home.sink->tell_due());
  CHECK(home.says("lost (2 more like this in the last 11 s) [repeats=2]"));
  home.log->warn("lost");
  CHECK(calls == 2);
  home.now += 10'300ms;
  home.log->info("other");
  CHECK(home.says("lost (1 more like this in the last 10.3 s) [repeats=1]\ninfo other"));
}

TEST_CASE("the end of the sink loses nothing") {
  logged home{10s};
  home.log->warn("lost");
  home.log->warn("lost");
  home.log.reset();
  home.sink.reset();
  CHECK(home.says("(1 more like this in the last 0 s)"));
}

TEST_CASE("sinks behind it keep their levels") {
  logged home{10s};
  auto quiet = std::make_shared<spdlog::sinks::ostream_sink_mt>(home.text);
  quiet->set_level(level::err);
  repeat_sink both{{quiet}, 10s};
  both.log(spdlog::details::log_msg{"test", level::warn, "lost"});
  CHECK(home.lines() == 0);
  both.log(spdlog::details::log_msg{"test", level::err, "lost"});
  CHECK(home.lines() == 1);
}

TEST_CASE("threads that log at once lose nothing") {
  logged home{1h};
  std::vector<std::thread> threads;
  for (int t = 0; t < 4; ++t)
    threads.emplace_back([&] {
      for (int i = 0; i < 1'000; ++i)
        home.log->warn("lost {}", i);
    });
  for (std::thread& each : threads)
    each.join();
  home.log->flush();
  CHECK(home.lines() == 2);
  CHECK(home.says("repeats=3999]"));
}
