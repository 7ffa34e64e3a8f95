#include "tests/simulation/simulated_session.hpp"

namespace freehold::simulation {

simulated_session::simulated_session(server_model& model, std::uint64_t n, caf::strong_actor_ptr by,
                                     std::shared_ptr<interrupter> handle,
                                     std::shared_ptr<testing::scripted_server> backend)
    : number{n}, owner{std::move(by)}, model_{model},
      interrupter_{std::move(handle)}, inner_{std::move(backend)} {
  inner_.pid = 4711;
  inner_.reports["DateStyle"] = "ISO, MDY";
  inner_.plan = [this](const std::string* sql, const parameters& values) {
    model_.trace_("session {}: runs {}", number, sql != nullptr ? *sql : "Sync");
    return running_on_ ? std::optional<testing::trouble>{} : model_.trouble_of(*this, sql, values);
  };
}

simulated_session::~simulated_session() {
  // What was sent before the socket was closed may still be run.
  if (model_.coin())
    run_on();
  model_.gone(*this);
}

void simulated_session::queued(const parameters& values) {
  if (const asked* who = model_.users_.owner("sim_", values))
    under_way_.insert(who->lease != 0 ? who->lease : who->id);
}

void simulated_session::prepare(const std::string& name, const std::string& sql) {
  model_.check_name(*this, name, sql);
  using statement_there = testing::scripted_server::prepared_statement;
  // The SQL is the same, for its hash is in the name.
  if (model_.is_taken(*this) &&
      inner_.server->prepared.try_emplace(name, statement_there{sql}).second)
    ++foreign;
  model_.trace_("session {}: to prepare {} as {}", number, sql, name);
  inner_.prepare(name, sql);
}

void simulated_session::execute_prepared(const std::string& name, const parameters& values) {
  queued(values);
  model_.trace_("session {}: to execute {}", number, name);
  inner_.execute_prepared(name, values);
}

void simulated_session::execute_unnamed(const std::string& sql, const parameters& values) {
  queued(values);
  inner_.execute_unnamed(sql, values);
}

void simulated_session::sync() {
  inner_.sync();
  const std::size_t depth = model_.plan_.options.pool.pipeline_depth;
  if (under_way_.size() > depth) {
    model_.laws_.broken("bounds", "{} requests under way on session {}, {} allowed",
                        under_way_.size(), number, depth);
  }
}

void simulated_session::cancel() {
  model_.trace_("session {}: cancel", number);
  inner_.cancel();
  if (dead_)
    return;
  mute_ = false;
  due_ = now() + model_.latency();
}

session_reply simulated_session::next(time_point deadline) {
  if (lost_)
    return lost("used after its end");
  if (mute_)
    return wait_in_vain(deadline);
  if (!std::exchange(in_group_, true)) {
    due_ = now() + model_.latency();
    if (!inner_.in_transaction() && model_.plan_.kind == server_kind::pooler)
      inner_.server = model_.backend();
  }
  switch (model_.time_.wait(std::min(due_, deadline), interrupter_.get())) {
  case timeline::woken::severed:
    return lost("severed");
  case timeline::woken::interrupted:
    return {reply_kind::interrupted, {}, {}};
  case timeline::woken::due:
    break;
  }
  if (now() < due_)
    return {reply_kind::timed_out, {}, {}};
  if (model_.blackout()) {
    model_.trace_("session {}: no more answers", number);
    run_on();
    if (model_.coin())
      return lost("after a blackout");
    dead_ = mute_ = true;
    return wait_in_vain(deadline);
  }
  session_reply reply = inner_.next(deadline);
  if (reply.kind == reply_kind::timed_out) {
    model_.trace_("session {}: hangs", number);
    mute_ = true;
    return wait_in_vain(deadline);
  }
  return answered(std::move(reply));
}

session_reply simulated_session::answered(session_reply&& reply) {
  if (reply.kind == reply_kind::lost || (reply.why && reply.why->severity == "FATAL")) {
    model_.trace_("session {}: {}", number, reply.why->message);
    lost_ = true;
  }
  if (reply.kind == reply_kind::failed)
    model_.trace_("session {}: {}", number, reply.why->message);
  if (reply.kind != reply_kind::synced)
    return std::move(reply);
  in_group_ = false;
  if (inner_.unanswered() == 0)
    under_way_.clear();
  if (!inner_.in_transaction())
    block_of = 0;
  const std::size_t most = model_.plan_.options.statements.cache_size + disowned + foreign;
  // Only here can names be closed; where some vanish, a Close that fails delays those behind it.
  if (model_.plan_.kind == server_kind::direct && model_.plan_.resets == 0 &&
      inner_.server->prepared.size() > most) {
    model_.laws_.broken("bounds", "{} names on session {}, {} allowed",
                        inner_.server->prepared.size(), number, most);
  }
  return std::move(reply);
}

session_reply simulated_session::wait_in_vain(time_point deadline) {
  switch (model_.time_.wait(deadline, interrupter_.get())) {
  case timeline::woken::severed:
    return lost("severed");
  case timeline::woken::interrupted:
    return {reply_kind::interrupted, {}, {}};
  case timeline::woken::due:
    break;
  }
  return {reply_kind::timed_out, {}, {}};
}

session_reply simulated_session::lost(const char* why) {
  model_.trace_("session {}: lost, {}", number, why);
  if (!lost_ && model_.coin())
    run_on();
  lost_ = true;
  server_error told;
  told.message = std::string{"simulated loss: "} + why;
  return session_reply::without_result(reply_kind::lost, std::move(told));
}

void simulated_session::run_on() {
  running_on_ = true;
  for (;;) {
    const reply_kind got = inner_.next({}).kind;
    if (got == reply_kind::lost || got == reply_kind::timed_out)
      return;
  }
}

} // namespace freehold::simulation
