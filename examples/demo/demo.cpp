// The story that Freehold was made for, told on one screen and checked as it is
// told: statement names that collide behind a pooler, and what becomes of the
// same traffic, and of killed backends, when every connection has one owner.

#include "examples/demo/stage.hpp"

#include <freehold/freehold.hpp>
#include <spdlog/sinks/null_sink.h>

#include <algorithm>
#include <atomic>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <thread>
#include <vector>

namespace fh = freehold;
using namespace std::chrono_literals;
using clock_type = std::chrono::steady_clock;

namespace {

const fh::statement homes_in_city{"homes_in_city",
                                  "SELECT id, title FROM demo_home WHERE city = $1 LIMIT 5",
                                  fh::read_only};
const fh::statement enquire{"enquire", "INSERT INTO demo_enquiry (id) VALUES ($1)"};

fh::config quiet_config(const std::string& url, const std::string& service) {
  fh::config options = fh::config_from_url(url, "homes");
  options.runtime.service = service;
  options.runtime.drain_timeout = 5s;
  options.databases[0].pool.max_connections = 8;
  options.databases[0].pool.min_connections = 8;
  return options;
}

fh::embedding quiet() {
  return {nullptr, {std::make_shared<spdlog::sinks::null_sink_mt>()}};
}

struct tally {
  std::uint64_t answered = 0;
  std::uint64_t failed = 0;
  std::string last_error;
  std::vector<double> ms;

  void add(const tally& other) {
    answered += other.answered;
    failed += other.failed;
    if (!other.last_error.empty()) last_error = other.last_error;
    ms.insert(ms.end(), other.ms.begin(), other.ms.end());
  }
  double percentile(double part) {
    if (ms.empty()) return 0;
    const auto at = static_cast<std::size_t>(part * static_cast<double>(ms.size() - 1));
    std::nth_element(ms.begin(), ms.begin() + static_cast<std::ptrdiff_t>(at), ms.end());
    return ms[at];
  }
};

tally read_for(const fh::database& homes, clock_type::duration time) {
  tally mine;
  for (const auto end = clock_type::now() + time; clock_type::now() < end;) {
    const auto begun = clock_type::now();
    try {
      static_cast<void>(homes.execute(homes_in_city, "Lyon").get());
    } catch (const fh::failure& why) {
      ++mine.failed;
      mine.last_error = why.what();
    }
    ++mine.answered;
    mine.ms.push_back(std::chrono::duration<double, std::milli>(clock_type::now() - begun).count());
  }
  return mine;
}

tally read_from_threads(const fh::database& homes, int threads, clock_type::duration time) {
  std::vector<tally> each(static_cast<std::size_t>(threads));
  std::vector<std::thread> all;
  for (tally& mine : each) all.emplace_back([&] { mine = read_for(homes, time); });
  for (std::thread& one : all) one.join();
  tally sum;
  for (const tally& one : each) sum.add(one);
  return sum;
}

// What the second process does; its line is read by the first.
int work(const std::string& url) {
  fh::runtime runtime{quiet_config(url, "demo"), quiet()};
  const fh::database homes = runtime.database("homes");
  tally sum = read_from_threads(homes, 16, 3s);
  const fh::database_snapshot seen = homes.snapshot();
  std::printf("%llu %llu %llu %.2f %.2f %s\n", static_cast<unsigned long long>(sum.answered),
              static_cast<unsigned long long>(sum.failed),
              static_cast<unsigned long long>(seen.healed.total()), sum.percentile(0.5),
              sum.percentile(0.99), sum.last_error.c_str());
  return 0;
}

void behind_the_pooler(demo::stage& stage, const std::string& url) {
  stage.scene("Behind PgBouncer in transaction mode: 8 clients share 4 server sessions");
  const demo::collision_count plain = demo::collide(url, 8, 200);
  stage.line("plain clients, statements s0 ... s9", "%zu of %zu failed, %zu with 42P05",
             plain.failed, plain.tried, plain.name_taken);
  stage.check(plain.name_taken > 0, "naming statements from a counter collides");

  demo::worker first{url};
  demo::worker second{url};
  const demo::worker_report a = first.wait();
  const demo::worker_report b = second.wait();
  stage.line("Freehold, two processes, the same", "%llu requests, %.0f/s, p50 %.2f ms, p99 %.2f ms",
             a.answered + b.answered, static_cast<double>(a.answered + b.answered) / 3.0,
             std::max(a.p50, b.p50), std::max(a.p99, b.p99));
  stage.check(a.ok && b.ok && a.failed + b.failed == 0 && a.answered + b.answered > 0,
              "not one of them failed %s%s", a.error.c_str(), b.error.c_str());

  fh::runtime runtime{quiet_config(url, "demo"), quiet()};
  const fh::database homes = runtime.database("homes");
  static_cast<void>(homes.execute(homes_in_city, "Lyon").get());
  const fh::database_snapshot seen = homes.snapshot();
  stage.line("statement mode", "%s", to_string(seen.server->mode).c_str());
  stage.line("  because", "%s", seen.server->reason.c_str());
}

void direct(demo::stage& stage, const std::string& url) {
  stage.scene("Directly on PostgreSQL");
  fh::runtime runtime{quiet_config(url, "demo"), quiet()};
  const fh::database homes = runtime.database("homes");
  tally sum = read_from_threads(homes, 16, 2s);
  const fh::database_snapshot seen = homes.snapshot();
  stage.line("statement mode", "%s", to_string(seen.server->mode).c_str());
  stage.line("requests", "%llu, %.0f/s, p50 %.2f ms, p99 %.2f ms",
             static_cast<unsigned long long>(sum.answered),
             static_cast<double>(sum.answered) / 2.0, sum.percentile(0.5), sum.percentile(0.99));
  stage.check(sum.failed == 0 && seen.healed.total() == 0,
              "no request failed and no statement needed healing %s", sum.last_error.c_str());
}

struct write_count {
  std::atomic<long> sent{0}, kept{0}, unknown{0}, refused{0};
};

void write_until(const fh::database& homes, const std::atomic<bool>& over, long first,
                 write_count& count) {
  for (long id = first; !over; ++id) {
    ++count.sent;
    try {
      static_cast<void>(homes.execute(enquire, id).get());
      ++count.kept;
    } catch (const fh::failure& why) {
      ++(why.code() == fh::errc::outcome_unknown ? count.unknown : count.refused);
    }
  }
}

void killed_backends(demo::stage& stage, const std::string& url, const std::string& admin) {
  stage.scene("Every backend killed, again and again, under load");
  fh::runtime runtime{quiet_config(url, "demo_killed"), quiet()};
  const fh::database homes = runtime.database("homes");
  static_cast<void>(homes.execute(homes_in_city, "Lyon").get());
  std::atomic<bool> over{false};
  write_count writes;
  tally reads;
  std::thread reader{[&] { reads = read_from_threads(homes, 8, 3s); }};
  std::vector<std::thread> writers;
  for (long i = 0; i < 8; ++i) {
    writers.emplace_back([&, i] { write_until(homes, over, i * 10'000'000, writes); });
  }
  long killed = 0;
  for (int round = 0; round < 10; ++round) {
    std::this_thread::sleep_for(250ms);
    killed += demo::kill_backends(admin, "demo_killed/%");
  }
  const auto last_kill = clock_type::now();
  int full = 0;
  while (full < 8 && clock_type::now() - last_kill < 5s) {
    const fh::database_snapshot seen = homes.snapshot();
    full = static_cast<int>(seen.idle + seen.busy + seen.exclusive);
    std::this_thread::sleep_for(5ms);
  }
  const auto back = std::chrono::duration_cast<std::chrono::milliseconds>(clock_type::now() -
                                                                          last_kill);
  reader.join();
  over = true;
  for (std::thread& one : writers) one.join();
  const long stored = demo::count_rows(admin, "demo_enquiry");
  stage.line("backends killed", "%ld", killed);
  stage.line("reads", "%llu answered, %llu failed", static_cast<unsigned long long>(reads.answered),
             static_cast<unsigned long long>(reads.failed));
  stage.line("writes", "%ld sent, %ld confirmed, %ld in doubt, %ld refused before they ran",
             writes.sent.load(), writes.kept.load(), writes.unknown.load(), writes.refused.load());
  stage.line("stored", "%ld rows", stored);
  stage.check(writes.sent == writes.kept + writes.unknown + writes.refused,
              "every request was answered exactly once");
  stage.check(stored >= writes.kept && stored <= writes.kept + writes.unknown,
              "every confirmed write is there, none twice; those in doubt were said to be");
  stage.check(full == 8 && back < 2s, "full service %lld ms after the last kill",
              static_cast<long long>(back.count()));
}

} // namespace

int main(int count, char** arguments) {
  if (count == 3 && std::string{arguments[1]} == "--work") return work(arguments[2]);
  const char* url = std::getenv("FREEHOLD_TEST_URL");
  const char* pooler = std::getenv("FREEHOLD_TEST_POOLER_URL");
  const char* admin = std::getenv("FREEHOLD_TEST_ADMIN_URL");
  if (url == nullptr || pooler == nullptr || admin == nullptr) {
    std::fputs("run me with ./dev demo: I need a PostgreSQL and a PgBouncer of my own\n", stderr);
    return 2;
  }
  try {
    demo::stage stage;
    demo::set_up(url);
    behind_the_pooler(stage, pooler);
    direct(stage, url);
    killed_backends(stage, url, admin);
    stage.scene("And a clean stop");
    const long left = demo::sessions_left(admin, "demo%/homes/%");
    stage.check(left == 0, "%ld sessions left in pg_stat_activity", left);
    return stage.finish();
  } catch (const std::exception& why) {
    std::fprintf(stderr, "the demo could not be told: %s\n", why.what());
    return 1;
  }
}
