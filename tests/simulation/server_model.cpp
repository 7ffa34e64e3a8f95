#include "tests/simulation/server_model.hpp"

#include "tests/simulation/simulated_session.hpp"

#include <algorithm>

namespace freehold::simulation {

using testing::mishap;
using testing::trouble;

server_model::server_model(const plan& p, dice& random, timeline& time, const trace& log,
                           verdict& laws, const callers& users)
    : plan_{p}, time_{time}, trace_{log}, laws_{laws}, users_{users}, random_{random} {
  if (p.kind == server_kind::pooler) {
    for (std::size_t i = 0; i < p.backends; ++i)
      static_cast<void>(make_backend());
  }
}

server_model::~server_model() = default;

// Answers what a session asks when it is new (runtime/pooler_probe.cpp).
std::shared_ptr<testing::scripted_server> server_model::make_backend() {
  auto made = std::make_shared<testing::scripted_server>();
  made->transactions = transactions_;
  backends_.push_back(made);
  testing::scripted_server* const self = made.get();
  made->respond = [this, self](const std::string& sql,
                               const parameters&) -> std::optional<result_set> {
    const bool direct = plan_.kind == server_kind::direct;
    if (sql.find("pg_backend_pid") != std::string::npos) {
      const auto start = direct ? std::optional<std::string>{"today"} : std::nullopt;
      return make_result_set({"pid", "same", "strict", "set", "start"},
                             {{"4711", direct ? "t" : "f", "f", "", start}});
    }
    if (sql.find("pg_prepared_statements WHERE name = $1") != std::string::npos)
      return make_result_set({"exists"}, {{plan_.kind == server_kind::pooler ? "t" : "f"}});
    if (sql.starts_with("DO "))
      std::erase_if(self->prepared,
                    [](const auto& each) { return each.first.starts_with("fh_probe_"); });
    return std::nullopt;
  };
  return made;
}

std::shared_ptr<testing::scripted_server> server_model::backend() {
  return plan_.kind == server_kind::pooler ? backends_[random_.below(backends_.size())]
                                           : make_backend();
}

std::unique_ptr<session> server_model::connect(const session_request& from) {
  ++connecting_;
  if (connecting_ > plan_.options.connect.concurrent) {
    laws_.broken("bounds", "{} connects at once, {} allowed", connecting_,
                 plan_.options.connect.concurrent);
  }
  try {
    try_connect(from);
  } catch (...) {
    --connecting_;
    throw;
  }
  --connecting_;
  auto made = std::make_unique<simulated_session>(*this, ++sessions_so_far_, time_.running(),
                                                  from.interrupter, backend());
  sessions_.push_back(made.get());
  trace_("session {}: begins", made->number);
  const std::size_t held = sessions_.size() - napping_.size();
  if (held > plan_.options.pool.max_connections) {
    laws_.broken("bounds", "{} sessions at once, {} allowed", held,
                 plan_.options.pool.max_connections);
  }
  return made;
}

void server_model::try_connect(const session_request& from) {
  const mishap_rates& r = plan_.rates;
  const bool hangs = !calm_ && random_.chance(r.connect_hangs);
  const bool slow = !calm_ && random_.chance(r.connect_slow);
  const time_point ready = time_.now() + (slow ? microseconds{plan_.slow_for} : plan_.round_trip);
  const time_point until = hangs ? from.deadline : std::min(ready, from.deadline);
  timeline::woken how = timeline::woken::interrupted;
  while (how == timeline::woken::interrupted)
    how = time_.wait(until, from.interrupter.get());
  if (how == timeline::woken::severed || hangs || ready > from.deadline) {
    throw connect_failure{connect_outcome::unreachable, "",
                          how == timeline::woken::severed ? "severed" : "no answer"};
  }
  if (!calm_ && random_.chance(r.connect_refused)) {
    throw connect_failure{
        random_.one_of({connect_outcome::unreachable, connect_outcome::unreachable,
                        connect_outcome::too_many, connect_outcome::starting_up,
                        connect_outcome::authentication, connect_outcome::no_database}),
        "", "refused"};
  }
}

void server_model::gone(const simulated_session& who) {
  trace_("session {}: ends", who.number);
  std::erase(sessions_, &who);
  napping_.erase(const_cast<simulated_session*>(&who));
}

void server_model::change_table(const std::string& sql) {
  trace_("the tables of \"{}\" change", sql);
  ++surprises_;
  for (const auto& each : backends_)
    each->make_stale(sql);
}

void server_model::reset_names() {
  if (sessions_.empty())
    return;
  const simulated_session& on = *sessions_[random_.below(sessions_.size())];
  trace_("the backend of session {} forgets its names", on.number);
  ++surprises_;
  on.names()->prepared.clear();
}

caf::strong_actor_ptr server_model::some_owner() {
  return sessions_.empty() ? nullptr : sessions_[random_.below(sessions_.size())]->owner;
}

void server_model::nap(milliseconds time) {
  const caf::strong_actor_ptr me = time_.running();
  const auto mine = std::find_if(sessions_.begin(), sessions_.end(),
                                 [&](const simulated_session* each) { return each->owner == me; });
  simulated_session* const on = mine == sessions_.end() ? nullptr : *mine;
  if (on != nullptr)
    napping_.insert(on);
  trace_("a function naps for {} ms", time.count());
  static_cast<void>(time_.wait(time_.now() + time));
  napping_.erase(on);
}

microseconds server_model::latency() {
  if (!calm_ && random_.chance(plan_.rates.slow))
    return plan_.slow_for;
  if (plan_.round_trip.count() == 0)
    return microseconds{0};
  const auto usual = static_cast<std::uint64_t>(plan_.round_trip.count());
  return microseconds{random_.between(usual / 2, usual)};
}

bool server_model::blackout() {
  return !calm_ && random_.chance(plan_.rates.blackout);
}

std::map<std::string, std::size_t> server_model::committed() const {
  std::map<std::string, std::size_t> times;
  for (const auto& each : backends_) {
    for (const std::string& entry : each->committed)
      ++times[entry];
  }
  return times;
}

} // namespace freehold::simulation
