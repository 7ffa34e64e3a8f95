#include "tests/simulation/timeline.hpp"

#include "tests/simulation/record.hpp"

#include <caf/local_actor.hpp>
#include <caf/resumable.hpp>

#include <algorithm>
#include <array>
#include <cstdio>
#include <poll.h>
#include <stdexcept>

namespace freehold::simulation {

namespace {
constexpr std::uint64_t most_turns = 1'000'000; // some thousands are usual
}

void trace::print(const std::string& line) const {
  const auto now = time_ != nullptr ? time_->now().time_since_epoch() : std::chrono::seconds{0};
  std::printf("%12.3f ms  %s\n", std::chrono::duration<double, std::milli>(now).count(),
              line.c_str());
}

timeline::timeline(caf::actor_system& system, fibers& stacks, dice& random, microseconds turn_cost)
    : scheduler_{dynamic_cast<caf::scheduler::test_coordinator&>(system.scheduler())},
      clock_{scheduler_.clock()}, unit_{scheduler_}, stacks_{stacks}, random_{random},
      turn_cost_{turn_cost} {}

void timeline::at(time_point when, std::function<void()> what) {
  events_.emplace(when, std::move(what));
}

timeline::woken timeline::wait(time_point until, interrupter* by) {
  const auto severed = [by] { return by != nullptr && by->severed(); };
  if (severed())
    return woken::severed;
  if (until <= now())
    return woken::due;
  waiter self{stacks_.current(), until, by};
  waiters_.push_back(&self);
  caf::resumable* const mine = running_;
  stacks_.suspend();
  running_ = mine;
  std::erase(waiters_, &self);
  if (severed())
    return woken::severed;
  if (!self.interrupted)
    return woken::due;
  by->clear();
  return woken::interrupted;
}

void timeline::run_until(time_point end) {
  stacks_.drive([this, end] { return step(end); });
  if (turns_ > most_turns)
    throw std::runtime_error{"the simulation does not come to rest"};
}

caf::strong_actor_ptr timeline::running() const {
  auto* actor = dynamic_cast<caf::local_actor*>(running_);
  return actor != nullptr ? caf::strong_actor_ptr{actor->ctrl()} : nullptr;
}

fibers::turn timeline::step(time_point end) {
  look_at_interrupters();
  std::vector<waiter*> ready;
  std::copy_if(waiters_.begin(), waiters_.end(), std::back_inserter(ready),
               [this](const waiter* each) { return each->is_ready(now()); });
  const std::size_t jobs = scheduler_.jobs.size();
  const bool event = !events_.empty() && events_.begin()->first <= now();
  const std::size_t choices = jobs + ready.size() + (event ? 1 : 0);
  if (++turns_ > most_turns)
    return {true, nullptr};
  if (choices == 0)
    return {!leap(end), nullptr};
  const std::size_t drawn = choices == 1 ? 0 : random_.below(choices);
  note(drawn);
  note(static_cast<std::uint64_t>(now().time_since_epoch().count()));
  if (drawn < jobs) {
    run_job(drawn);
  } else if (drawn < jobs + ready.size()) {
    return {false, ready[drawn - jobs]->who};
  } else {
    const std::function<void()> what = std::move(events_.begin()->second);
    events_.erase(events_.begin());
    what();
  }
  return {};
}

// What another thread would find in its `poll`.
void timeline::look_at_interrupters() {
  std::array<pollfd, 64> descriptors{};
  std::array<waiter*, 64> of{};
  nfds_t count = 0;
  for (waiter* each : waiters_) {
    if (each->by != nullptr && !each->interrupted && count < of.size()) {
      descriptors[count] = {each->by->wake_descriptor(), POLLIN, 0};
      of[count++] = each;
    }
  }
  if (count == 0 || poll(descriptors.data(), count, 0) <= 0)
    return;
  for (nfds_t i = 0; i < count; ++i)
    of[i]->interrupted = descriptors[i].revents != 0;
}

void timeline::run_job(std::size_t index) {
  caf::resumable* const job = scheduler_.jobs[index];
  scheduler_.jobs.erase(scheduler_.jobs.begin() + static_cast<std::ptrdiff_t>(index));
  running_ = job;
  const std::size_t messages = random_.chance(0.5) ? 1 : 1 + random_.below(100);
  const caf::resumable::resume_result result = job->resume(&unit_, messages);
  running_ = nullptr;
  if (result == caf::resumable::resume_later)
    scheduler_.jobs.push_back(job);
  else
    caf::intrusive_ptr_release(job);
  if (turn_cost_.count() > 0)
    scheduler_.advance_time(
        microseconds{random_.below(static_cast<std::uint64_t>(turn_cost_.count()) + 1)});
}

// To the next moment at which something is to be done; false if that is not before `end`.
bool timeline::leap(time_point end) {
  time_point next = end;
  if (!clock_.schedule().empty())
    next = std::min(next, clock_.schedule().begin()->first);
  if (!events_.empty())
    next = std::min(next, events_.begin()->first);
  for (const waiter* each : waiters_)
    next = std::min(next, each->until);
  const bool more = next < end;
  // Also by nothing: what was due already when it was planned is delivered then.
  scheduler_.advance_time(std::max(next - now(), time_point::duration::zero()));
  return more;
}

} // namespace freehold::simulation
