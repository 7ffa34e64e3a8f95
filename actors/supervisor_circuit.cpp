// Whether the server is asked at all, and who finds out when it may be again.

#include "actors/supervisor.hpp"

#include <fmt/format.h>

namespace freehold {

using std::chrono::milliseconds;

void pool_supervisor::circuit_changed(circuit_state before) {
  const time_point at = now();
  statistics_.circuit_became(breaker_->state());
  const auto away = std::chrono::duration_cast<milliseconds>(at - breaker_->open_since()).count();
  switch (breaker_->state()) {
  case circuit_state::open:
    context_->log->error("the circuit is open for {} ms: {}", breaker_->retry_after(at).count(),
                         breaker_->cause());
    refuse_waiting(at);
    break;
  case circuit_state::half_open:
    context_->log->info("one connection is tried ({} ms since the circuit opened)", away);
    dispatch_soon();
    break;
  case circuit_state::recovering:
    context_->log->info("the server answers again, {} ms after the circuit opened; the pool grows "
                        "from one connection",
                        away);
    dispatch_soon();
    break;
  case circuit_state::closed:
    context_->log->info("the circuit is closed (it was {})", to_string(before));
    dispatch_soon();
    break;
  }
  if (const auto next = breaker_->next_event())
    wake_at(*next);
}

void pool_supervisor::refuse_for_circuit(const request_ptr& what, time_point at) {
  ++totals_.circuit.refused_total;
  const auto since = std::chrono::duration_cast<milliseconds>(at - breaker_->open_since()).count();
  const milliseconds next = breaker_->retry_after(at);
  error why = what->describe(
      errc::circuit_open,
      breaker_->forced() == circuit_override::open
          ? fmt::format("the circuit of \"{}\" was opened by hand {} ms ago", totals_.name, since)
          : fmt::format("\"{}\" has been out of reach for {} ms and is tried again {} "
                        "(breaker.open_first, breaker.open_cap): {}",
                        totals_.name, since,
                        next.count() == 0 ? "now" : fmt::format("in {} ms", next.count()),
                        breaker_->cause()),
      fate::not_sent);
  why.retry_after = next;
  self_->send(requests_, turned_away{what, std::move(why)});
}

// Those who wait would wait in vain.
void pool_supervisor::refuse_waiting(time_point at) {
  const auto all = [](const request_ptr&) { return true; };
  const auto refuse = [&](const request_ptr& what) {
    if (!what->unwanted())
      refuse_for_circuit(what, at);
  };
  shared_.remove_if(all, refuse);
  alone_.remove_if(all, refuse);
}

// A trial is a connection like any other, and the first of the pool when it works. In a pool that
// is full one that rests makes room for it.
void pool_supervisor::try_circuit() {
  const pool_counts counts = ledger_->counts();
  if (counts.connecting > 0)
    return;
  if (counts.total() < context_->options.pool.max_connections)
    return open_one();
  if (counts.draining > 0 || counts.idle == 0)
    return; // soon there is room, or at the latest when what runs is done
  for (const connection_id id : ledger_->ids()) {
    if (ledger_->state(id) != connection_state::idle)
      continue;
    ledger_->drain(id);
    self_->send(members_.at(id).handle, close_session{});
    return;
  }
}

void pool_supervisor::force(circuit_override how) {
  tell_breaker([&](circuit_breaker& b) { b.force(how, now()); });
  dispatch_soon();
}

circuit_snapshot pool_supervisor::circuit(time_point at) const {
  circuit_snapshot shown = totals_.circuit;
  shown.state = breaker_->state();
  shown.forced = breaker_->forced();
  shown.cause = breaker_->cause();
  shown.in_state = std::chrono::duration_cast<milliseconds>(at - breaker_->since());
  shown.retry_after = breaker_->retry_after(at);
  shown.opened_total = breaker_->opened_total();
  return shown;
}

} // namespace freehold
