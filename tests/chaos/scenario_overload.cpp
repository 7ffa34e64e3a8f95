// More requests than can be served, from callers who do not wait for each other.

#include "tests/chaos/scenarios.hpp"

#include <algorithm>
#include <atomic>
#include <mutex>

namespace chaos {
namespace {

constexpr std::size_t connections = 8;
// 10 ms of a connection each, whatever this machine has to do besides.
const std::string_view work_sql = "SELECT pg_sleep(0.01)";

struct load_seen {
  std::vector<clock::duration> admitted; ///< how long each took; sorted
  std::vector<clock::duration> refused;
  std::map<std::string, std::uint64_t> codes; ///< of the refused
  double seconds = 0;

  [[nodiscard]] double throughput() const { return double(admitted.size()) / seconds; }
};

clock::duration quantile(const std::vector<clock::duration>& sorted, double q) {
  if (sorted.empty())
    return {};
  return sorted[std::min(sorted.size() - 1, std::size_t(q * double(sorted.size())))];
}

/// Takes answers from any thread.
class tally {
public:
  void take(clock::time_point asked, const fh::outcome& answer) {
    const auto took = clock::now() - asked;
    const std::lock_guard lock{mutex_};
    if (answer.why) {
      seen_.refused.push_back(took);
      ++seen_.codes[std::string{to_string(answer.why->code)}];
    } else {
      seen_.admitted.push_back(took);
    }
    ++answered_;
  }
  [[nodiscard]] std::uint64_t answered() const noexcept { return answered_; }
  [[nodiscard]] load_seen sorted(double seconds) {
    const std::lock_guard lock{mutex_};
    load_seen all = seen_;
    all.seconds = seconds;
    std::sort(all.admitted.begin(), all.admitted.end());
    std::sort(all.refused.begin(), all.refused.end());
    return all;
  }

private:
  std::mutex mutex_;
  load_seen seen_;
  std::atomic<std::uint64_t> answered_{0};
};

/// Asks at a steady rate, whatever becomes of the requests.
load_seen offer(const fh::database& db, double rate, clock::duration time) {
  const fh::statement work{"work", work_sql, fh::read_only, 5s};
  const auto all = std::make_shared<tally>();
  const auto begun = clock::now();
  std::uint64_t asked = 0;
  while (clock::now() - begun < time) {
    const auto due =
        std::uint64_t(std::chrono::duration<double>(clock::now() - begun).count() * rate);
    for (; asked < due; ++asked)
      db.execute(fh::bind(work),
                 [all, at = clock::now()](fh::outcome&& answer) { all->take(at, answer); });
    std::this_thread::sleep_for(1ms); // waits for the outside: the rate
  }
  if (!eventually([&] { return all->answered() == asked; }, 15s))
    throw std::runtime_error{"some requests have no answer"};
  return all->sorted(std::chrono::duration<double>(clock::now() - begun).count());
}

std::string codes_of(const load_seen& seen) {
  std::string text;
  for (const auto& [code, times] : seen.codes)
    text += fmt::format("{}{} × {}", text.empty() ? "" : ", ", grouped(times), code);
  return text.empty() ? "none" : text;
}

void show(const setting& with, std::string_view name, const load_seen& seen) {
  with.on.shows(fmt::format("{}: admitted", name), fmt::format("{:.0f}/s", seen.throughput()),
                fmt::format("p50 {}, p99 {}, worst {}", shown(quantile(seen.admitted, 0.5)),
                            shown(quantile(seen.admitted, 0.99)),
                            shown(quantile(seen.admitted, 1))));
  with.on.shows(fmt::format("{}: refused", name),
                fmt::format("{:.0f}/s", double(seen.refused.size()) / seen.seconds),
                fmt::format("p50 {}, p99 {}; {}", shown(quantile(seen.refused, 0.5)),
                            shown(quantile(seen.refused, 0.99)), codes_of(seen)));
}

load_seen run(const setting& with, bool shedding, double share_of_capacity) {
  fh::config how =
      chaos_config(cluster::url(), "overload", fh::base_profile::production, connections);
  fh::database_options& options = how.databases.front();
  options.pool.min_connections = connections;
  options.shedding.enabled = shedding;
  const fh::runtime on{std::move(how), chaos_embedding()};
  const fh::database db = on.database("primary");
  if (!eventually([&] { return usable(db) == connections; }, 20s))
    throw std::runtime_error{"no service to begin with"};
  constexpr double capacity = connections * 100; // a statement takes 10 ms
  return offer(db, capacity * share_of_capacity, with.whole ? 20s : 3s);
}

} // namespace

void overload(const setting& with) {
  with.on.scenario("overload", "Three times as many requests as 8 connections can serve");
  const load_seen half = run(with, true, 0.5);
  const load_seen off = run(with, false, 3);
  const load_seen on = run(with, true, 3);
  show(with, "half the load", half);
  show(with, "shedding off", off);
  show(with, "shedding on", on);
  // The server works at what it can, or refusing has become the work.
  with.on.holds(off.throughput() > 400 && on.throughput() > 400, "throughput",
                fmt::format("{:.0f}/s", on.throughput()),
                "of 800/s at most, while 2 400/s were asked");
}

} // namespace chaos
