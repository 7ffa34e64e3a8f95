// Simulated time, and whose turn it is.
#pragma once

#include "runtime/interrupter.hpp"
#include "tests/simulation/dice.hpp"
#include "tests/simulation/fibers.hpp"

#include <caf/actor_control_block.hpp>
#include <caf/actor_system.hpp>
#include <caf/execution_unit.hpp>
#include <caf/scheduler/test_coordinator.hpp>

#include <functional>
#include <map>
#include <vector>

namespace freehold::simulation {

/// Runs the actors of a system, events, and what waits for simulated time. What
/// comes next among all that could is drawn, as is how many messages an actor
/// takes in one turn. Time stands still while there is anything to do (but for
/// what a turn costs), and then leaps to the next moment at which something is.
class timeline {
public:
  enum class woken { due, interrupted, severed };

  /// `turn_cost`: the most simulated time that one turn of an actor takes.
  timeline(caf::actor_system& system, fibers& stacks, dice& random, microseconds turn_cost);

  [[nodiscard]] time_point now() const noexcept { return clock_.current_time; }
  void at(time_point when, std::function<void()> what);
  /// Inside a turn: lets time pass until then, or until the interrupter is used.
  woken wait(time_point until, interrupter* by = nullptr);
  /// Goes on until `end`.
  void run_until(time_point end);
  /// The actor whose turn it is.
  [[nodiscard]] caf::strong_actor_ptr running() const;
  /// Turns so far.
  [[nodiscard]] std::uint64_t turns() const noexcept { return turns_; }
  /// Two runs with equal digests took the same turns at the same times.
  [[nodiscard]] std::uint64_t digest() const noexcept { return digest_; }
  [[nodiscard]] bool anything_waits() const noexcept { return !waiters_.empty(); }

private:
  class unit final : public caf::execution_unit {
  public:
    explicit unit(caf::scheduler::test_coordinator& of) : execution_unit{&of.system()}, of_{of} {}
    void exec_later(caf::resumable* job) override { of_.jobs.push_back(job); }

  private:
    caf::scheduler::test_coordinator& of_;
  };
  struct waiter {
    fibers::fiber* who;
    time_point until;
    interrupter* by;
    bool interrupted = false;
    [[nodiscard]] bool is_ready(time_point now) const { return interrupted || until <= now; }
  };

  [[nodiscard]] fibers::turn step(time_point end);
  void look_at_interrupters();
  void run_job(std::size_t index);
  [[nodiscard]] bool leap(time_point end);
  void note(std::uint64_t value) noexcept { digest_ = (digest_ ^ value) * 1'099'511'628'211U; }

  caf::scheduler::test_coordinator& scheduler_;
  caf::detail::test_actor_clock& clock_;
  unit unit_;
  fibers& stacks_;
  dice& random_;
  microseconds turn_cost_;
  std::multimap<time_point, std::function<void()>> events_;
  std::vector<waiter*> waiters_;
  caf::resumable* running_ = nullptr;
  std::uint64_t turns_ = 0;
  std::uint64_t digest_ = 14'695'981'039'346'656'037U; // FNV-1a's
};

} // namespace freehold::simulation
