// Acts 4 and 5: backends are killed under load, and the runtime stops.

#include "examples/demo/acts.hpp"
#include "examples/demo/plain_clients.hpp"
#include "examples/demo/two_processes.hpp"

#include <unistd.h>

#include <algorithm>
#include <filesystem>
#include <iterator>
#include <thread>

namespace demo {

namespace fh = freehold;
using clock = std::chrono::steady_clock;
using namespace std::chrono_literals;

namespace {

constexpr std::size_t connections = 8;
constexpr const char* service = "freehold-demo-kill";

double milliseconds(clock::duration time) {
  return std::chrono::duration<double, std::milli>(time).count();
}

std::ptrdiff_t entries(const char* folder) {
  return std::distance(std::filesystem::directory_iterator{folder}, {});
}

/// A table for as long as the act takes.
class ledger {
public:
  explicit ledger(observer& server)
      : server_{server}, name_{fmt::format("freehold_demo_{}", getpid())},
        insert_{"insert", fmt::format("INSERT INTO {} VALUES ($1)", name_)} {
    server_.ask(fmt::format("CREATE TABLE {} (id bigint)", name_));
  }
  ledger(const ledger&) = delete;
  ledger& operator=(const ledger&) = delete;
  ~ledger() {
    try {
      server_.ask("DROP TABLE " + name_);
    } catch (const std::exception& why) { // the server is gone, and the table with it
      fmt::print(stderr, "{}\n", why.what());
    }
  }

  [[nodiscard]] question insert(std::uint64_t number) const {
    return {fh::bind(insert_, std::int64_t(number)), {}};
  }
  [[nodiscard]] std::uint64_t rows() {
    return std::uint64_t(server_.count("SELECT count(*) FROM " + name_));
  }
  [[nodiscard]] std::uint64_t doubled() {
    return rows() - std::uint64_t(server_.count("SELECT count(DISTINCT id) FROM " + name_));
  }

private:
  observer& server_;
  std::string name_;
  fh::statement insert_;
};

struct kill_result {
  std::int64_t killed = 0;
  bool recovered = false;
  clock::duration recovery{};
};

/// Backends of the service that are not among `dead`, an array of process ids.
std::int64_t living(observer& admin, const std::string& dead) {
  return admin.count("SELECT count(*) FROM pg_stat_activity "
                     "WHERE application_name LIKE $1 || '/%' AND pid <> ALL ($2::int[])",
                     {service, dead});
}

/// Ends all of the service's backends every 200 ms, `rounds` times, and waits
/// until the server knows as many others and the runtime has them in use.
kill_result kill_backends(observer& admin, const fh::database& db, int rounds) {
  kill_result seen;
  std::string dead;
  for (int round = 0; round < rounds; ++round) {
    std::this_thread::sleep_for(200ms);
    dead = admin.ask("SELECT coalesce(array_agg(pid) FILTER (WHERE pg_terminate_backend(pid)), "
                     "'{}') FROM pg_stat_activity WHERE application_name LIKE $1 || '/%'",
                     {service});
    if (dead != "{}")
      seen.killed += 1 + std::count(dead.begin(), dead.end(), ',');
  }
  const auto last = clock::now();
  while (living(admin, dead) < std::int64_t(connections) && clock::now() < last + 10s)
    std::this_thread::sleep_for(2ms);
  seen.recovered = living(admin, dead) == std::int64_t(connections) && all_usable(db, connections);
  seen.recovery = clock::now() - last;
  return seen;
}

std::string kinds(const load_result& load) {
  std::string text;
  for (const auto& [code, times] : load.errors) {
    text += fmt::format("{}{} × {}", text.empty() ? "" : ", ", grouped(times), code);
  }
  return text.empty() ? "no error" : text;
}

std::uint64_t errors_of(const load_result& load, const char* code) {
  const auto found = load.errors.find(code);
  return found == load.errors.end() ? 0 : found->second;
}

void show_kills(stage& on, const fh::database& db, const kill_result& kills,
                const load_result& reads, const load_result& writes, ledger& stored) {
  const std::uint64_t lost_twice =
      reads.unanswered + reads.twice + writes.unanswered + writes.twice;
  on.holds(lost_twice == 0 && reads.requests > 1'000 && kills.killed > 0, "answered exactly once",
           grouped(reads.requests + writes.requests),
           fmt::format("while {} backends were killed, every 200 ms", kills.killed));
  on.holds(reads.failed == errors_of(reads, "connection_lost"), "reads that failed",
           grouped(reads.failed),
           fmt::format("of {}: {}; {} tried again unseen", grouped(reads.requests), kinds(reads),
                       grouped(db.snapshot().retries_total)));
  const std::uint64_t unknown = errors_of(writes, "outcome_unknown");
  on.holds(writes.failed == unknown + errors_of(writes, "connection_lost"), "inserts that failed",
           grouped(writes.failed),
           fmt::format("of {}: {}", grouped(writes.requests), kinds(writes)));
  const std::uint64_t rows = stored.rows();
  const std::uint64_t confirmed = writes.requests - writes.failed;
  on.holds(
      rows >= confirmed && rows <= confirmed + unknown && stored.doubled() == 0,
      "rows in the table", grouped(rows),
      fmt::format("{} were confirmed; none is missing, none is there twice", grouped(confirmed)));
  on.holds(kills.recovered && kills.recovery < 2s, "full service again",
           duration(milliseconds(kills.recovery) * 1'000),
           fmt::format("after the last kill: {} connections on new backends", connections));
}

void kill_under_load(stage& on, observer& admin, const fh::runtime& runtime) {
  on.act("Backends are killed under load, and it recovers");
  const fh::database db = runtime.database("primary");
  if (!all_usable(db, connections))
    throw std::runtime_error{db.snapshot().last_connect_error};
  observer server{variable("FREEHOLD_TEST_URL")};
  ledger stored{server};
  load reads{db, 32, same_traffic};
  load writes{db, 8, [&stored](std::uint64_t number) { return stored.insert(number); }};
  const kill_result kills = kill_backends(admin, db, 15);
  const load_result written = writes.finish();
  show_kills(on, db, kills, reads.finish(), written, stored);
}

} // namespace

void backends_are_killed(stage& on) {
  observer admin{variable("FREEHOLD_TEST_ADMIN_URL")};
  const std::ptrdiff_t threads = entries("/proc/self/task");
  const std::ptrdiff_t descriptors = entries("/proc/self/fd");
  auto runtime = std::make_unique<fh::runtime>(
      demo_config("FREEHOLD_TEST_URL", service, connections), quiet());
  kill_under_load(on, admin, *runtime);

  on.act("A clean stop");
  const auto before = clock::now();
  runtime.reset();
  const double stopped = milliseconds(clock::now() - before);
  // A backend needs a moment to end after its client has said goodbye.
  const auto ours = [&admin] {
    return admin.count("SELECT count(*) FROM pg_stat_activity WHERE application_name LIKE $1 || "
                       "'/%'",
                       {service});
  };
  const auto patience = clock::now() + 2s;
  while (ours() > 0 && clock::now() < patience)
    std::this_thread::sleep_for(5ms);
  const std::int64_t sessions = ours();
  on.holds(sessions == 0, "sessions left", grouped(std::uint64_t(sessions)),
           fmt::format("in pg_stat_activity; stopping took {}", duration(stopped * 1'000)));
  const std::ptrdiff_t more = entries("/proc/self/task") - threads;
  const std::ptrdiff_t open = entries("/proc/self/fd") - descriptors;
  on.holds(more <= 0 && open <= 0, "threads, descriptors", fmt::format("{:+}, {:+}", more, open),
           "compared with before the runtime was made");
}

} // namespace demo
