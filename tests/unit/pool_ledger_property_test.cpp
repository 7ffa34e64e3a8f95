// Random operations on a ledger beside a model of it that is as plain as can be.
#include "runtime/pool_ledger.hpp"
#include "tests/support/catch.hpp"

#include <algorithm>
#include <map>
#include <random>
#include <set>
#include <vector>

using freehold::connection_id;
using freehold::connection_state;
using freehold::pool_counts;
using freehold::pool_ledger;
using freehold::pool_options;
using namespace std::chrono_literals;

namespace {

constexpr std::size_t depth = 4;
constexpr std::size_t most = 7;

struct line {
  connection_state does = connection_state::connecting;
  bool draining = false;
  std::size_t in_flight = 0;
  int idle_since = 0;
};

pool_options options() {
  pool_options pool;
  pool.min_connections = 2;
  pool.max_connections = most;
  pool.pipeline_depth = depth;
  pool.idle_timeout = 40ms;
  pool.max_lifetime = 900ms;
  return pool;
}

class simulation {
public:
  explicit simulation(std::uint64_t seed, bool reserving)
      : engine_{seed}, reserving_{reserving}, pool_{options(), seed} {}

  void step() {
    ++tick_;
    switch (upto(11)) {
    case 0:
      open();
      break;
    case 1:
      close();
      break;
    case 2:
      drain();
      break;
    case 3:
      reserve();
      break;
    case 4:
      take_alone();
      break;
    case 5:
      give_back();
      break;
    case 6:
      connect();
      break;
    case 7:
      retire();
      break;
    case 8:
    case 9:
      settle();
      break;
    default:
      share();
      break;
    }
    check();
  }

private:
  using time_point = std::chrono::steady_clock::time_point;

  [[nodiscard]] time_point now() const { return time_point{} + tick_ * 1ms; }
  std::size_t upto(std::size_t n) {
    return std::uniform_int_distribution<std::size_t>{0, n}(engine_);
  }
  // A random connection of which `pred` holds, or 0.
  template <class Pred>
  connection_id any(Pred pred) {
    std::vector<connection_id> fitting;
    for (const auto& [id, value] : lines_)
      if (pred(value))
        fitting.push_back(id);
    return fitting.empty() ? 0 : fitting[upto(fitting.size() - 1)];
  }
  static bool held(const line& value) {
    return value.does == connection_state::exclusive || value.does == connection_state::leased;
  }

  void open() {
    if (lines_.size() >= most + 2)
      return;
    const connection_id id = pool_.add(now());
    REQUIRE(used_.insert(id).second);
    lines_[id] = line{};
  }
  void connect() {
    const connection_id id =
        any([](const line& value) { return value.does == connection_state::connecting; });
    if (id == 0)
      return;
    pool_.ready(id, now());
    rest(lines_[id]);
  }
  void close() {
    if (const connection_id id = any([](const line& value) { return value.draining; }); id != 0) {
      pool_.remove(id);
      lines_.erase(id);
    }
  }
  void drain() {
    if (upto(3) != 0)
      return;
    if (const connection_id id = any([](const line&) { return true; }); id != 0) {
      pool_.drain(id);
      lines_[id].draining = true;
    }
  }
  void reserve() {
    if (!reserving_)
      return;
    reserved_ = !reserved_;
    if (reserved_)
      pool_.reserve_one();
    else
      pool_.cancel_reservation();
  }
  void share() {
    const auto picked = pool_.pick_shared();
    if (!reserved_)
      REQUIRE(picked == expected_share());
    if (!picked)
      return;
    line& value = lines_.at(*picked);
    REQUIRE_FALSE(value.draining);
    REQUIRE_FALSE(held(value));
    REQUIRE(value.in_flight < depth);
    pool_.assigned(*picked, 1);
    value.does = connection_state::busy;
    ++value.in_flight;
  }
  void take_alone() {
    const bool allowed =
        static_cast<std::size_t>(std::count_if(lines_.begin(), lines_.end(), [](const auto& item) {
          return held(item.second);
        })) < most - 1;
    const auto picked = pool_.pick_exclusive(now());
    const bool some_idle = any([](const line& value) {
                             return value.does == connection_state::idle && !value.draining;
                           }) != 0;
    REQUIRE(picked.has_value() == (allowed && some_idle));
    if (!picked)
      return;
    reserved_ = false;
    line& value = lines_.at(*picked);
    REQUIRE(value.does == connection_state::idle);
    REQUIRE_FALSE(value.draining);
    value.does = connection_state::exclusive;
    if (upto(1) == 0) {
      pool_.lease(*picked, now());
      value.does = connection_state::leased;
    } else {
      pool_.assigned(*picked, 1);
      value.in_flight = 1;
    }
  }
  void give_back() {
    const connection_id id = any([](const line& value) { return held(value); });
    if (id == 0)
      return;
    line& value = lines_[id];
    if (value.in_flight > 0)
      pool_.settled(id, value.in_flight, now());
    else
      pool_.released(id, now());
    value.in_flight = 0;
    rest(value);
  }
  void settle() {
    const connection_id id =
        any([](const line& value) { return value.does == connection_state::busy; });
    if (id == 0)
      return;
    line& value = lines_[id];
    const std::size_t n = 1 + upto(value.in_flight - 1);
    pool_.settled(id, n, now());
    value.in_flight -= n;
    if (value.in_flight == 0)
      rest(value);
  }
  void retire() {
    const std::size_t usable = pool_.counts().usable();
    const std::vector<connection_id> due = pool_.due_for_retirement(now());
    const auto next = pool_.next_event();
    REQUIRE(due.empty() == (!next || *next > now()));
    REQUIRE(std::set<connection_id>(due.begin(), due.end()).size() == due.size());
    REQUIRE(due.size() <= usable);
    for (const connection_id id : due) {
      REQUIRE_FALSE(lines_.at(id).draining);
      pool_.drain(id);
      lines_[id].draining = true;
    }
    REQUIRE(pool_.due_for_retirement(now()).empty());
  }

  void rest(line& value) const {
    value.does = connection_state::idle;
    value.idle_since = tick_;
  }

  [[nodiscard]] std::optional<connection_id> expected_share() const {
    std::optional<connection_id> idle;
    std::optional<connection_id> busy;
    for (const auto& [id, value] : lines_) {
      if (value.draining)
        continue;
      if (value.does == connection_state::idle &&
          (!idle || value.idle_since > lines_.at(*idle).idle_since))
        idle = id;
      if (value.does == connection_state::busy && value.in_flight < depth &&
          (!busy || value.in_flight < lines_.at(*busy).in_flight))
        busy = id;
    }
    return idle ? idle : busy;
  }

  void check() const {
    pool_counts counts;
    for (const auto& [id, value] : lines_) {
      REQUIRE(pool_.in_flight(id) == value.in_flight);
      const connection_state shown = value.draining ? connection_state::draining : value.does;
      REQUIRE(pool_.state(id) == shown);
      REQUIRE(pool_.drained(id) == (value.draining && value.in_flight == 0 && !held(value)));
      std::size_t* const by_state[]{&counts.connecting, &counts.idle,   &counts.busy,
                                    &counts.exclusive,  &counts.leased, &counts.draining};
      ++*by_state[static_cast<std::size_t>(shown)];
    }
    REQUIRE(pool_.counts() == counts);
    REQUIRE(pool_.ids().size() == lines_.size());
    REQUIRE(counts.exclusive + counts.leased < most);
  }

  std::mt19937_64 engine_;
  bool reserving_;
  pool_ledger pool_;
  int tick_ = 0;
  bool reserved_ = false;
  std::map<connection_id, line> lines_;
  std::set<connection_id> used_;
};

} // namespace

TEST_CASE("random operations agree with a plain model") {
  for (std::uint64_t seed = 0; seed < 20; ++seed) {
    CAPTURE(seed);
    simulation run{seed, false};
    for (int i = 0; i < 1'500; ++i)
      run.step();
  }
}

TEST_CASE("random operations with reservations keep the ledger's promises") {
  for (std::uint64_t seed = 100; seed < 120; ++seed) {
    CAPTURE(seed);
    simulation run{seed, true};
    for (int i = 0; i < 1'500; ++i)
      run.step();
  }
}
