#include "actors/supervisor.hpp"

#include "actors/discipline.hpp"

#include <fmt/format.h>

namespace freehold {

namespace {

statement_cache_counts sum(const statement_cache_counts& a, const statement_cache_counts& b) {
  return {a.hits + b.hits, a.misses + b.misses, a.evictions + b.evictions};
}

heal_counts sum(const heal_counts& a, const heal_counts& b) {
  return {a.names_taken + b.names_taken, a.names_unknown + b.names_unknown,
          a.stale_plans + b.stale_plans};
}

errc code_of(connect_outcome why) {
  switch (why) {
  case connect_outcome::authentication:
    return errc::authentication_failed;
  case connect_outcome::no_database:
    return errc::database_missing;
  case connect_outcome::too_many:
    return errc::too_many_connections;
  case connect_outcome::unreachable:
  case connect_outcome::starting_up:
  case connect_outcome::misconfigured:
    break;
  }
  return errc::connect_failed;
}

// Trying again will not help until somebody changes something.
bool is_final(connect_outcome why) {
  return why == connect_outcome::authentication || why == connect_outcome::no_database ||
         why == connect_outcome::misconfigured;
}

} // namespace

supervisor_actor::behavior_type pool_supervisor::make_behavior(context_ptr context,
                                                               requests_actor requests) {
  context_ = std::move(context);
  requests_ = std::move(requests);
  const database_options& options = context_->options;
  ledger_.emplace(options.pool, context_->entropy());
  breaker_.emplace(options.breaker, options.pool.max_connections, context_->entropy(), now());
  backoff_.emplace(options.connect.backoff_first, options.connect.backoff_base,
                   options.connect.backoff_cap, context_->entropy());
  spread_.emplace(options.pool.max_connections, now());
  defects_.emplace(context_->supervision.restarts, context_->supervision.period);
  totals_.name = options.name;
  self_->monitor(requests_);
  install_discipline(self_, context_->log);
  self_->set_down_handler([this](const caf::down_msg& down) { on_down(down); });
  self_->send(self_, dispatch{}); // opens the first connections
  dispatch_pending_ = true;
  return {
      [this](submit& m) {
        count_traffic(m.what->attempts == 0 ? 1 : 0);
        admit(std::move(m.what), now());
        dispatch_soon();
      },
      [this](dispatch) { dispatch_waiting(); },
      [this](batch_done& m) { settle(m); },
      [this](const connected& m) { welcome(m); },
      [this](connect_failed& m) { lament(m); },
      [this](const session_ended& m) { farewell(m); },
      [this](const plans_stale& m) { spread(m); },
      [this](const lease_ended& m) { take_back(m); },
      [this](const force_circuit& m) { force(m.how); },
      [this](sweep) { sweep_now(); },
      [this](ask_snapshot) { return snapshot(); },
      [this](const adopt& m) { change_to(m); },
      [this](stop_database) { begin_stop(); },
  };
}

void pool_supervisor::settle(batch_done& done) {
  const time_point at = now();
  if (const auto found = members_.find(done.id); found != members_.end())
    settle_member(found->second, done, at);
  count_traffic(done.submitted.size());
  for (request_ptr& what : done.submitted)
    admit(std::move(what), at);
  if (waiting() > 0 || ledger_->counts().draining > 0)
    dispatch_soon();
  if (stop_at_)
    continue_stop(at);
}

void pool_supervisor::record_time(const request& what) {
  const std::uint64_t identity = what.steps.front().what.identity();
  if (what.company > 1)
    times_.record_in_company(identity, what.took, what.company,
                             context_->options.statements.slow_threshold);
  else
    times_.record(identity, what.took);
}

void pool_supervisor::settle_member(member& m, const batch_done& done, time_point at) {
  m.healed = done.healed;
  m.cache = done.cache;
  m.mode = done.mode;
  if (done.count > 0)
    statistics_.batch(done.count);
  m.heard_at = at;
  const bool shared = ledger_->state(done.id) != connection_state::exclusive;
  const std::chrono::milliseconds slow_call = context_->options.breaker.slow_call;
  std::size_t slow = 0;
  std::size_t ran = 0;
  for (std::size_t i = 0; i < done.count && !m.assigned.empty(); ++i) {
    const request& what = *m.assigned.front();
    statistics_.settled(what, m.used_at, at);
    if (what.kind == request_kind::execute && what.took.count() > 0) {
      record_time(what);
      slow += slow_call.count() > 0 && what.company <= 1 && what.took >= slow_call ? 1 : 0;
      ++ran;
    }
    m.assigned.pop_front();
  }
  tell_breaker([&](circuit_breaker& b) { b.succeeded(done.count - done.lost, slow, at); });
  ledger_->settled(done.id, done.count, at);
  spread_->present(sharing(), at);
  if (shared)
    spread_->answered(ran);
  spread_->judge(at);
  ledger_->spread_over(spread_->spread());
  if (ledger_->drained(done.id))
    self_->send(m.handle, close_session{});
}

void pool_supervisor::welcome(const connected& who) {
  if (members_.count(who.id) == 0)
    return;
  ++totals_.connects_total;
  totals_.last_connect_error.clear();
  connect_problem_ = errc::none;
  totals_.server = who.server;
  backoff_->reset();
  retry_connect_at_.reset();
  tell_breaker([&](circuit_breaker& b) { b.connected(now()); });
  if (ledger_->state(who.id) == connection_state::draining) {
    self_->send(members_[who.id].handle, close_session{});
    return;
  }
  ledger_->ready(who.id, now());
  members_[who.id].used_at = now();
  members_[who.id].mode = who.server.mode;
  statistics_.connected(now() - members_[who.id].begun);
  context_->log->debug({.connection = who.id}, "the session is ready ({} statements: {})",
                       to_string(who.server.mode), who.server.reason);
  wake_at(next_event(now())); // also to look at it while nobody asks for anything
  dispatch_soon();
}

void pool_supervisor::lament(connect_failed& why) {
  if (members_.count(why.id) == 0)
    return;
  const bool of_before = members_.at(why.id).generation != generation_;
  forget(why.id);
  if (of_before) // nobody wants to go there any more
    return dispatch_soon();
  ++totals_.connect_failures_total;
  const bool first = totals_.last_connect_error.empty();
  totals_.last_connect_error = why.message;
  connect_problem_ = code_of(why.outcome);
  retry_connect_at_ = now() + backoff_->next();
  if (why.outcome == connect_outcome::too_many) {
    ceiling_.too_many(ledger_->counts().usable(), now());
  }
  if (first && !stop_at_)
    context_->log->error({.connection = why.id}, "{}", why.message);
  if (is_final(why.outcome) && ledger_->counts().usable() == 0) {
    const auto always = [](const request_ptr&) { return true; };
    const auto refuse = [&](request_ptr what) {
      statistics_.failed();
      turn_away(std::move(what), code_of(why.outcome), why.message);
    };
    shared_.remove_if(always, refuse);
    alone_.remove_if(always, refuse);
  }
  // While others serve, a connect that fails is no reason to refuse anybody.
  if (ledger_->counts().usable() == 0 || breaker_->state() != circuit_state::closed) {
    tell_breaker(
        [&](circuit_breaker& b) { b.connect_failed(why.message, is_final(why.outcome), now()); });
  }
  wake_at(*retry_connect_at_);
  if (stop_at_)
    continue_stop(now());
}

void pool_supervisor::farewell(const session_ended& end) {
  if (members_.count(end.id) == 0)
    return;
  if (!end.expected) {
    ++totals_.sessions_lost_total;
    context_->log->warn({.connection = end.id}, "the session was lost: {}", end.why);
  }
  give_back(members_.at(end.id), end.why);
  forget(end.id);
  if (end.blames_server)
    tell_breaker([&](circuit_breaker& b) { b.lost(end.why, now()); });
  dispatch_soon();
  if (stop_at_)
    continue_stop(now());
}

// What a connection that ended still had. It reports the batch it ran before it
// says farewell, so this is what it never began, or what a killed one left.
void pool_supervisor::give_back(member& m, const std::string& why) {
  count_lease(m);
  if (m.holder && !m.holder->answered()) // it was not handed over yet
    m.assigned.push_back(std::exchange(m.holder, nullptr));
  for (request_ptr& what : m.assigned) {
    if (what->unwanted())
      continue;
    const bool sent = what->sent();
    const bool doubt = sent && what->effect() != effect::read_only;
    error told = what->describe(doubt ? errc::outcome_unknown : errc::connection_lost,
                                fmt::format("the session ended {}: {}",
                                            doubt  ? "before the server confirmed the statement"
                                            : sent ? "before the answer"
                                                   : "before the statement was sent",
                                            why),
                                doubt  ? fate::unknown
                                : sent ? fate::rolled_back
                                       : fate::not_sent);
    self_->send(requests_, attempt_failed{{std::move(what), std::move(told),
                                           sent ? failure_class::connection_fatal
                                                : failure_class::before_send}});
  }
  m.assigned.clear();
}

// The connection is gone, or given up.
void pool_supervisor::forget(const connection_id id) {
  const auto found = members_.find(id);
  healed_before_ = sum(healed_before_, found->second.healed);
  cache_before_ = sum(cache_before_, found->second.cache);
  ledger_->remove(id);
  std::erase_if(outbox_, [id](const outgoing& each) { return each.to == id; });
  members_.erase(found);
}

void pool_supervisor::spread(const plans_stale& stale) {
  for (const auto& [id, m] : members_) {
    if (id != stale.from)
      self_->send(m.handle, drop_statements{stale.content_hashes});
  }
}

supervisor_actor::behavior_type supervisor(pool_supervisor::self_pointer self, context_ptr context,
                                           requests_actor requests) {
  return self->state.make_behavior(std::move(context), std::move(requests));
}

} // namespace freehold
