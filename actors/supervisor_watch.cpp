// What time brings: deadlines, retirement, reconnects, leases held too long, and
// the end.

#include "actors/supervisor.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace freehold {

using std::chrono::milliseconds;

namespace {

// Deadlines are looked at this often at most: many that are close cost one sweep.
constexpr milliseconds resolution{10};

milliseconds since(pool_supervisor::time_point now, pool_supervisor::time_point then) {
  return std::chrono::duration_cast<milliseconds>(now - then);
}

} // namespace

void pool_supervisor::wake_sooner(time_point when) {
  const time_point at = now();
  wake_ = std::max(when, at + resolution);
  self_->delayed_send(self_, *wake_ - at, sweep{});
}

void pool_supervisor::sweep_now() {
  const time_point at = now();
  wake_.reset();
  tell_breaker([&](circuit_breaker& b) { b.advance(at); });
  expire_waiting(at);
  expire_assigned(at);
  retire(at);
  if (stop_at_)
    continue_stop(at);
  else
    dispatch_waiting();
  const time_point next = next_event(at);
  if (next != time_point::max())
    wake_at(next);
}

void pool_supervisor::expire_waiting(time_point at) {
  const milliseconds patience = context_->options.pool.acquire_timeout;
  next_expiry_ = at + look_again;
  const auto late = [&](const request_ptr& what) {
    const time_point end = std::min(what->deadline, what->queued + patience);
    if (at >= end || what->unwanted())
      return true;
    next_expiry_ = std::min(next_expiry_, end);
    return false;
  };
  // Without any connection the reason is not that others hold them.
  const bool away = connect_problem_ != errc::none && ledger_->counts().usable() == 0;
  const errc impatient = away ? connect_problem_ : errc::acquire_timeout;
  const auto answer = [&](request_ptr what) {
    if (what->unwanted())
      return;
    ++totals_.refused_total;
    ++totals_.acquire_timeouts_total;
    const bool deadline = at >= what->deadline;
    std::string told =
        fmt::format("waited {} ms for a connection ({}); {}", since(at, what->queued).count(),
                    deadline ? "the deadline" : "pool.acquire_timeout", exhaustion(at));
    turn_away(std::move(what), deadline && !away ? errc::deadline_exceeded : impatient,
              std::move(told));
  };
  shared_.remove_if(late, answer);
  alone_.remove_if(late, answer);
}

// The connection answers for what it runs; this is for what its thread cannot
// look at, because it is busy with something else or stuck.
void pool_supervisor::expire_assigned(time_point at) {
  for (auto& [id, m] : members_) {
    for (const request_ptr& what : m.assigned) {
      if (at < what->deadline || what->answered())
        continue;
      const bool doubt = what->sent() && what->effect() != effect::read_only;
      turn_away(what, errc::deadline_exceeded,
                doubt ? "the deadline passed before the server's answer; it may still take effect"
                      : "the deadline passed before its turn on a connection",
                doubt ? fate::unknown : fate::not_sent);
    }
    // A lease whose connection is looked at before it is handed over.
    if (m.holder && !m.holder->answered() && at >= m.holder->deadline) {
      turn_away(m.holder, errc::deadline_exceeded,
                "the deadline passed before its connection was known to be well");
    }
    watch_lease(id, m, at);
    if (!m.held_since && !m.assigned.empty())
      free_stuck(id, m, at);
  }
  for (auto each = members_.begin(); each != members_.end();) {
    const auto here = each++;
    if (!here->second.stuck)
      continue;
    stuck_.push_back(here->second.handle);
    self_->send(here->second.handle, close_session{}); // should its thread come back after all
    forget(here->first);
  }
}

// Its session answers to deadlines, so what is late by far is somebody's code:
// first the socket is cut, which ends all waiting for the server; if even that
// does not bring the thread back, its place in the pool is given to another. What
// it has just begun may have waited past its deadline behind something slower.
void pool_supervisor::free_stuck(connection_id id, member& m, time_point at) {
  const request& running = *m.assigned.front();
  const milliseconds grace = context_->options.statements.cancel_grace;
  const time_point late_since = std::max(running.deadline, m.heard_at);
  if (at < late_since + 2 * grace)
    return;
  if (!std::exchange(m.severed, true)) {
    context_->log->error(
        {.query = format_query_id(running.id), .connection = id, .statement = running.name()},
        "the connection is stuck {} ms after a deadline; its session is severed",
        since(at, running.deadline).count());
    m.interrupt->sever();
  } else if (at >= late_since + 3 * grace) {
    context_->log->critical(
        {.query = format_query_id(running.id), .connection = id, .statement = running.name()},
        "the connection does not come back from what it runs; it is "
        "replaced, and its thread left to itself");
    m.stuck = true;
  }
}

void pool_supervisor::watch_lease(connection_id id, member& m, time_point at) {
  if (!m.held_since)
    return;
  const lease_options& limits = context_->options.lease;
  const milliseconds held = since(at, *m.held_since);
  const log_fields about{.query = m.holder ? format_query_id(m.holder->id) : std::string{},
                         .connection = id};
  const bool long_held = limits.warn_after.count() > 0 && held >= limits.warn_after;
  if (long_held && !std::exchange(m.warned, true)) {
    context_->log->warn(about, "the lease has been held for {} ms (lease.warn_after)",
                        held.count());
  }
  if (limits.reclaim_after.count() > 0 && held >= limits.reclaim_after &&
      !std::exchange(m.severed, true)) {
    context_->log->warn(about,
                        "the lease was held for {} ms and is taken back (lease.reclaim_after)",
                        held.count());
    m.interrupt->sever();
    self_->send(m.handle, ping{}); // makes it notice between statements
  }
}

void pool_supervisor::retire(time_point at) {
  for (const connection_id id : ledger_->due_for_retirement(at)) {
    ledger_->drain(id);
    if (ledger_->drained(id))
      self_->send(members_.at(id).handle, close_session{});
  }
  const milliseconds interval = context_->options.liveness.ping_interval;
  for (auto& [id, m] : members_) {
    if (ledger_->state(id) != connection_state::idle || at - m.used_at < interval)
      continue;
    m.used_at = at;
    self_->send(m.handle, ping{});
  }
}

void pool_supervisor::begin_stop() {
  if (stop_at_)
    return;
  stop_at_ = now() + context_->drain_timeout;
  context_->log->debug("stopping");
  dispatch_waiting();
  wake_at(*stop_at_);
  continue_stop(now());
}

void pool_supervisor::continue_stop(time_point at) {
  const bool over = at >= *stop_at_;
  if (!over && waiting() > 0)
    return;
  if (over) {
    const auto always = [](const request_ptr&) { return true; };
    const auto refuse = [this](request_ptr what) {
      turn_away(std::move(what), errc::stopped, "the runtime stopped before a connection was free");
    };
    shared_.remove_if(always, refuse);
    alone_.remove_if(always, refuse);
  }
  for (auto& [id, m] : members_) {
    const bool resting = m.assigned.empty() && !m.held_since;
    if (!over && !resting && ledger_->state(id) != connection_state::connecting)
      continue;
    if (over && !resting && !std::exchange(m.severed, true)) {
      context_->log->warn({.connection = id},
                          "it did not finish within runtime.drain_timeout; its session is severed");
      m.interrupt->sever();
    }
    if (ledger_->state(id) == connection_state::connecting)
      m.interrupt->sever();
    self_->send(m.handle, close_session{});
  }
  if (!members_.empty()) {
    wake_at(over ? at + milliseconds{100} : *stop_at_);
    return;
  }
  self_->send(requests_, stop_requests{});
  // A reason of its own tells the runtime that a thread is left behind.
  if (stuck_.empty())
    self_->quit();
  else
    self_->quit(caf::exit_reason::user_shutdown);
}

pool_supervisor::time_point pool_supervisor::next_event(time_point at) const {
  time_point next = ledger_->next_event().value_or(time_point::max());
  const auto sooner = [&next](time_point t) { next = std::min(next, t); };
  if (retry_connect_at_ && *retry_connect_at_ > at)
    sooner(*retry_connect_at_);
  if (const auto circuit = breaker_->next_event())
    sooner(*circuit);
  if (stop_at_)
    sooner(*stop_at_ > at ? *stop_at_ : at + milliseconds{100});
  if (waiting() > 0)
    sooner(next_expiry_);
  const milliseconds grace = context_->options.statements.cancel_grace;
  for (const auto& [id, m] : members_) {
    for (const request_ptr& what : m.assigned) {
      if (m.held_since)
        continue;
      const time_point late_since = std::max(what->deadline, m.heard_at);
      sooner(what->deadline > at ? what->deadline
             : m.severed         ? late_since + 3 * grace
                                 : late_since + 2 * grace);
    }
    if (m.held_since) {
      if (m.holder && !m.holder->answered())
        sooner(m.holder->deadline);
      const lease_options& limits = context_->options.lease;
      if (!m.warned && limits.warn_after.count() > 0)
        sooner(*m.held_since + limits.warn_after);
      if (!m.severed && limits.reclaim_after.count() > 0) {
        sooner(*m.held_since + limits.reclaim_after);
      }
    }
    if (ledger_->state(id) == connection_state::idle) {
      sooner(m.used_at + context_->options.liveness.ping_interval);
    }
  }
  return next;
}

} // namespace freehold
