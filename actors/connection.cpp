#include "actors/connection.hpp"

#include "actors/discipline.hpp"
#include "actors/gathered_requests.hpp"
#include "runtime/pipeline.hpp"
#include "runtime/pqxx_run.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace freehold {

connection_actor::behavior_type session_owner::make_behavior(context_ptr context, connection_id id,
                                                             supervisor_actor supervisor,
                                                             requests_actor requests,
                                                             std::shared_ptr<interrupter> handle) {
  context_ = std::move(context);
  seat_.emplace(context_->connections);
  id_ = id;
  supervisor_ = std::move(supervisor);
  requests_ = std::move(requests);
  interrupter_ = std::move(handle);
  nonce_ = session_nonce(context_->entropy());
  install_discipline(self_, context_->log);
  return {
      [this](assign& m) { add(m.batch); },
      [this](flush) { run_backlog(); },
      [this](const lease_execute& m) { execute_leased(m); },
      [this](const lease_commit& m) { commit_lease(m); },
      [this](hand_over& m) { hand_over_lease(m); },
      [this](const lease_release& m) { end_lease(m.lease); },
      [this](open_session) { open(); },
      [this](const drop_statements& m) { drop(m.content_hashes); },
      [this](ping) { ping_server(); },
      [this](adopt& m) { context_ = std::move(m.context); },
      [this](close_session) { close(); },
  };
}

void session_owner::open() {
  const database_options& options = context_->options;
  const auto refuse = [this](connect_outcome outcome, std::string why) {
    self_->send(supervisor_, connect_failed{id_, outcome, std::move(why)});
    session_.reset();
    self_->quit();
  };
  try {
    const session::time_point deadline = context_->now() + options.connect.timeout;
    state_.emplace(options.statements, nonce_);
    session_ = context_->connect({options.target, context_->application_name,
                                  options.statements.result_limit, deadline, interrupter_});
    state_->server = probe(*session_, options, nonce_, deadline);
    state_->opened = context_->now();
    state_->names.set_eviction(!state_->server.pooler);
    self_->send(supervisor_, connected{id_, state_->server});
  } catch (const connect_failure& why) {
    refuse(why.outcome(), why.what());
  } catch (const std::exception& why) { // poll or memory: as good as unreachable
    refuse(connect_outcome::unreachable, why.what());
  }
  if (session_)
    end_dead_runs();
}

void session_owner::add(std::vector<request_ptr>& batch) {
  if (backlog_.empty())
    backlog_ = std::move(batch);
  else
    backlog_.insert(backlog_.end(), std::make_move_iterator(batch.begin()),
                    std::make_move_iterator(batch.end()));
  if (flush_pending_)
    return;
  // Nothing else to add to it: then there is nothing to wait for either.
  if (self_->mailbox().empty())
    return run_backlog();
  flush_pending_ = true;
  self_->send(self_, flush{});
}

void session_owner::run_backlog() {
  flush_pending_ = false;
  if (!session_)
    return;
  const auto is_shared = [](const request_ptr& what) {
    return what->kind == request_kind::execute || what->kind == request_kind::script;
  };
  std::vector<request_ptr> batch = std::exchange(backlog_, {});
  if (std::all_of(batch.begin(), batch.end(), is_shared))
    return run_shared(batch);
  std::vector<request_ptr> shared;
  for (request_ptr& what : batch) {
    if (is_shared(what)) {
      shared.push_back(std::move(what));
      continue;
    }
    if (!shared.empty()) {
      run_shared(shared);
      shared.clear();
    }
    if (session_)
      run_alone(what);
  }
  if (!shared.empty() && session_)
    run_shared(shared);
}

void session_owner::run_shared(const std::vector<request_ptr>& batch) {
  gathered_requests gathered{*context_, batch.size()};
  pipeline line{*session_, *state_, context_->options.statements, [&] {
                  if (!gathered.empty())
                    tell(so_far(0, 0, gathered.take()));
                }};
  const session::time_point began = context_->now();
  std::vector<attempt_failure> failures = line.run(batch);
  for (const request_ptr& what : batch)
    log_finished(*what, began);
  report(batch.size(), std::move(failures), gathered.take());
  if (batch.size() == 1)
    linger();
}

// After the answer to a single request its requester may well have the next one,
// sooner than this thread could fall asleep and be woken.
void session_owner::linger() {
  constexpr std::chrono::microseconds longest{30};
  if (session_ && context_->own_threads)
    lingering_.until([this] { return !self_->mailbox().empty(); }, longest);
}

void session_owner::run_alone(const request_ptr& what) {
  std::vector<attempt_failure> failures;
  const session::time_point began = context_->now();
  what->mark_sent(true); // before the clock is read: see request::sent
  if (context_->now() >= what->deadline) {
    what->mark_sent(false);
    what->fail(errc::deadline_exceeded, "the deadline passed before its turn on a connection");
  } else if (!what->unwanted()) {
    if (what->pqxx_body) {
      run_pqxx_function(*session_, *state_, what);
    } else {
      auto failed = run_function(*session_, *state_, context_->options.statements, what);
      if (failed)
        failures.push_back(*std::move(failed));
    }
  }
  log_finished(*what, began);
  report(1, std::move(failures));
}

// `began` is when the session turned to it, alone or with others.
void session_owner::log_finished(const request& what, session::time_point began) const {
  using std::chrono::microseconds;
  // Of what runs in a pipeline we know better: what came after it was not its own time.
  const bool known = what.confirmed > began;
  const session::time_point end = known ? what.confirmed : context_->now();
  const auto took = std::chrono::duration_cast<microseconds>(end - what.submitted);
  log_first(what, end);
  const bool slow = context_->slow->is_slow(took);
  const auto level = slow ? spdlog::level::warn : spdlog::level::debug;
  if (!context_->log->should_log(level))
    return;
  std::uint64_t left_out = 0;
  if (slow) {
    const auto admitted = context_->slow->admit(end);
    if (!admitted)
      return;
    left_out = *admitted;
  }
  const auto ran = known ? what.took : std::chrono::duration_cast<microseconds>(end - began);
  const log_fields about{.query = format_query_id(what.id),
                         .connection = id_,
                         .statement = what.name(),
                         .error = what.failed() ? to_string(what.failed_with()) : "",
                         .attempt = std::max<std::uint32_t>(what.attempts, 1),
                         .time = took,
                         .waited = took - ran,
                         .ran = ran,
                         .left_out = left_out};
  if (!slow && what.failed())
    context_->log->debug(about, "the query failed after {} ms", took.count() / 1000);
  else if (!slow)
    context_->log->debug(about, "the query took {} ms", took.count() / 1000);
  else if (left_out == 0)
    context_->log->warn(about, "the query was slow: {} ms (slow_query_threshold)",
                        took.count() / 1000);
  else
    context_->log->warn(about,
                        "the query was slow: {} ms (slow_query_threshold); {} slow queries "
                        "before it were left out (log.slow_query_sampling)",
                        took.count() / 1000, left_out);
}

// Tells the supervisor once for the whole batch, and the others what they must know.
void session_owner::report(std::size_t done, std::vector<attempt_failure> failures,
                           std::vector<request_ptr> submitted) {
  std::size_t lost = 0;
  for (attempt_failure& each : failures) {
    lost += each.kind == failure_class::connection_fatal ? 1 : 0;
    self_->send(requests_, attempt_failed{std::move(each)});
  }
  if (!state_->stale.empty()) {
    self_->send(supervisor_, plans_stale{id_, std::exchange(state_->stale, {})});
  }
  if (!state_->lost() && session_->in_transaction() && !lease_) {
    state_->lose("a statement left a transaction open", false);
  }
  tell(so_far(done, lost, std::move(submitted)));
  finish_if_lost();
}

batch_done session_owner::so_far(std::size_t done, std::size_t lost,
                                 std::vector<request_ptr> submitted) const {
  return {id_,
          done,
          lost,
          state_->healed,
          std::move(submitted),
          state_->names.counts(),
          state_->server.mode};
}

void session_owner::tell(batch_done&& what) {
  if (context_->own_threads)
    send_and_run(supervisor_, *context_->lent, std::move(what));
  else
    self_->send(supervisor_, std::move(what));
}

void session_owner::ping_server() {
  if (!session_)
    return;
  if (lease_) {
    if (interrupter_->severed())
      end("its lease was held longer than lease.reclaim_after", false);
    return;
  }
  const request probe_request = housekeeping(context_->options.liveness.ping_timeout);
  try {
    conversation talk{*session_, *state_, context_->options.statements, probe_request};
    talk.command("SELECT 1");
  } catch (const failure& why) {
    state_->lose(fmt::format("no answer to a liveness check within {} ms (liveness.ping_timeout): "
                             "{}",
                             context_->options.liveness.ping_timeout.count(), why.why().message));
  }
  finish_if_lost();
}

void session_owner::drop(const std::vector<std::uint64_t>& content_hashes) {
  if (!session_)
    return;
  // They are closed with the next Prepare, which as a rule is that of the same statement.
  for (const std::uint64_t hash : content_hashes)
    state_->names.drop(hash, state_->unclosed);
}

request session_owner::housekeeping(std::chrono::milliseconds time) const {
  const auto now = context_->now();
  return {request_kind::execute, {}, now, now + time, 0, std::make_shared<waiting_receiver>()};
}

void session_owner::close() {
  if (session_ && !backlog_.empty())
    run_backlog();
  if (session_)
    end("closed", true);
}

void session_owner::finish_if_lost() {
  if (session_ && state_->lost())
    end(state_->lost_because, false);
}

void session_owner::end(std::string why, bool expected) {
  backlog_.clear(); // the supervisor knows what was assigned and never begun
  const bool blames_server = !expected && state_->lost() && state_->blames_server;
  lease_.reset();
  session_.reset();
  self_->send(supervisor_, session_ended{id_, std::move(why), expected, blames_server});
  self_->quit();
}

connection_actor::behavior_type connection(session_owner::self_pointer self, context_ptr context,
                                           connection_id id, supervisor_actor supervisor,
                                           requests_actor requests,
                                           std::shared_ptr<interrupter> handle) {
  return self->state.make_behavior(std::move(context), id, std::move(supervisor),
                                   std::move(requests), std::move(handle));
}

} // namespace freehold
