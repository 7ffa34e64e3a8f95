// The supervisor of one database: who is admitted, which connection runs it,
// how many connections there are, and what becomes of those that fail.
#pragma once

#include "actors/protocol.hpp"
#include "runtime/backoff.hpp"
#include "runtime/circuit_breaker.hpp"
#include "runtime/fair_queue.hpp"
#include "runtime/pool_statistics.hpp"
#include "runtime/restart_intensity.hpp"
#include "runtime/service_time.hpp"
#include "runtime/sizing.hpp"
#include "runtime/spread_control.hpp"

#include <caf/stateful_actor.hpp>
#include <caf/typed_event_based_actor.hpp>

#include <deque>
#include <map>
#include <optional>
#include <unordered_set>

namespace freehold {

using request_queue = fair_queue<request_ptr>;

/// Every decision is a policy's (pool_ledger, fair_queue, circuit_breaker, sizing,
/// backoff, service_times); this class tells them what happened and carries out what
/// they say. It waits for nothing and answers nobody itself, so that whichever
/// thread has work for it may run it (actors/lent_thread.hpp).
///
/// Shutdown, begun by `stop_database`: what is new is refused; what was admitted
/// may finish for `runtime.drain_timeout`; then the rest is answered, sessions
/// are closed, and those that do not end in time are severed and named in the
/// log; last the requests actor ends and the supervisor with it. If it ends on a
/// defect instead, its connections finish what they were given and end.
class pool_supervisor {
public:
  using self_pointer = supervisor_actor::stateful_pointer<pool_supervisor>;
  using time_point = std::chrono::steady_clock::time_point;
  static constexpr const char* name = "freehold.supervisor";

  explicit pool_supervisor(self_pointer self) : self_{self} {}
  pool_supervisor(const pool_supervisor&) = delete;
  pool_supervisor& operator=(const pool_supervisor&) = delete;
  ~pool_supervisor();
  supervisor_actor::behavior_type make_behavior(context_ptr context, requests_actor requests);

private:
  /// Statements that share a pipeline, unless very many are there and known to be short. With
  /// half of it, 256 requesters on two cores had 12 % less.
  static constexpr std::size_t usual_depth = 64;

  /// A connection as its supervisor knows it. What it was assigned is kept here
  /// until it reports, so that each request is answered by its deadline
  /// whatever the connection's thread is doing.
  struct member {
    connection_actor handle;
    std::shared_ptr<interrupter> interrupt;
    std::deque<request_ptr> assigned;
    heal_counts healed;
    std::uint64_t generation = 0;         // of the options it was made for
    time_point used_at{};                 // last assigned to or checked
    time_point heard_at{};                // last reported a batch
    std::optional<time_point> held_since; // by a lease
    bool warned = false;                  // about a lease held long
    request_ptr holder;                   // of the lease: the request for it
    bool severed = false;
    bool stuck = false; // given up: its thread does not return
    time_point begun{}; // to connect
    statement_cache_counts cache;
    std::optional<statement_mode> mode; // null: it has no session yet
  };

  /// What a connection is to be sent.
  struct outgoing {
    connection_id to;
    std::vector<request_ptr> batch;
  };

  /// How far the sessions are those of the options in force.
  struct renewal {
    std::size_t renewed = 0;
    std::size_t left = 0;     // serve, but were made for other options
    std::size_t draining = 0; // and are not held by anybody
  };

  // -- supervisor.cpp: what happened
  void settle(batch_done& done);
  void settle_member(member& m, const batch_done& done, time_point at);
  void record_time(const request& what);
  void welcome(const connected& who);
  void lament(connect_failed& why);
  void farewell(const session_ended& end);
  void spread(const plans_stale& stale);
  void give_back(member& m, const std::string& why);

  // -- supervisor_defects.cpp
  void on_down(const caf::down_msg& down);
  void fail(const std::string& why);

  // -- supervisor_admission.cpp: who is taken on
  void admit(request_ptr what, time_point at);
  void count_traffic(std::size_t made) {
    if (made > 0)
      context_->traffic->fetch_add(made, std::memory_order_relaxed);
  }
  void turn_away(request_ptr what, errc code, std::string message, fate known = fate::not_sent);
  /// Where it waits; also finds out how long a pipeline it may join.
  [[nodiscard]] request_queue& queue_for(request& what);
  void shed(const request_ptr& what, time_point at);
  [[nodiscard]] bool make_room(const request_queue& queue, request_queue::place place);
  [[nodiscard]] bool name_is_free(const request& what);
  [[nodiscard]] static request_queue::place place_of(const request& what);

  // -- supervisor_circuit.cpp: whether the server is asked at all
  /// Tells the breaker what happened, and follows if that changed its state.
  template <class F>
  void tell_breaker(F what) {
    const circuit_state before = breaker_->state();
    what(*breaker_);
    if (breaker_->state() != before)
      circuit_changed(before);
  }
  void circuit_changed(circuit_state before);
  void refuse_for_circuit(const request_ptr& what, time_point at);
  void refuse_waiting(time_point at);
  void try_circuit();
  void force(circuit_override how);
  [[nodiscard]] circuit_snapshot circuit(time_point at) const;

  // -- supervisor_dispatch.cpp: who runs what, and how many there are
  void dispatch_soon();
  void dispatch_waiting();
  [[nodiscard]] std::size_t pipeline_share() const;
  void assign_to(connection_id id, request_ptr what, time_point at);
  void send_assignments(time_point at);
  void grow(time_point at);
  void open_one();
  void forget(connection_id id);
  bool check_session(member& m, time_point at);

  // -- supervisor_reload.cpp
  void change_to(const adopt& m);
  void renew();
  void drain_some(std::size_t most);
  [[nodiscard]] renewal count_renewed() const;

  // -- supervisor_lease.cpp
  void grant_lease(connection_id id, const request_ptr& what);
  void count_lease(const member& m);
  void take_back(const lease_ended& lease);

  // -- supervisor_watch.cpp: what time brings
  void sweep_now();
  void expire_waiting(time_point now);
  void expire_assigned(time_point now);
  void watch_lease(connection_id id, member& m, time_point now);
  void free_stuck(connection_id id, member& m, time_point now);
  void retire(time_point now);
  void begin_stop();
  void continue_stop(time_point now);
  void wake_at(time_point when) {
    if (!wake_ || *wake_ > when)
      wake_sooner(when);
  }
  void wake_sooner(time_point when);
  [[nodiscard]] time_point next_event(time_point now) const;
  [[nodiscard]] std::string exhaustion(time_point now) const;
  [[nodiscard]] database_snapshot snapshot() const;
  void show_sessions(database_snapshot& in) const;
  [[nodiscard]] std::vector<connection_holder> holders(time_point now) const;

  [[nodiscard]] std::size_t sharing() const { return shared_.size() + ledger_->in_pipelines(); }
  [[nodiscard]] std::size_t waiting() const { return shared_.size() + alone_.size(); }
  [[nodiscard]] std::size_t queue_length() const { return context_->options.pool.queue_length; }
  [[nodiscard]] time_point now() const { return self_->clock().now(); }

  self_pointer self_;
  context_ptr context_;
  requests_actor requests_;
  std::optional<pool_ledger> ledger_;
  request_queue shared_; // may share a pipeline
  request_queue alone_;  // need a connection for themselves
  std::optional<circuit_breaker> breaker_;
  std::optional<backoff> backoff_;
  std::optional<time_point> retry_connect_at_;
  errc connect_problem_ = errc::none; // of the latest attempt, while it failed
  connection_ceiling ceiling_;
  std::optional<restart_intensity> defects_; // connections that ended without a farewell
  service_times times_{4096};
  std::optional<spread_control> spread_;
  std::map<connection_id, member> members_;
  std::vector<connection_actor> stuck_;          // given up, their threads still run
  std::vector<outgoing> outbox_;                 // for a few at a time
  std::unordered_set<std::uint64_t> declared_;   // identities of statements seen before
  std::optional<std::uint64_t> latest_declared_; // one of them
  std::map<std::string, std::uint64_t> names_;   // of statements -> identity
  std::uint64_t leases_ = 0;                     // so far
  std::uint64_t generation_ = 0;                 // of options that sessions are made for
  std::uint64_t renewed_ = 0;                    // the one that all sessions are of
  bool dispatch_pending_ = false;
  std::optional<time_point> wake_;
  time_point next_expiry_{};          // of those who wait, as of the latest sweep
  std::optional<time_point> stop_at_; // stopping; the end of the drain
  database_snapshot totals_;          // its counters and texts
  heal_counts healed_before_;         // by connections that are gone
  statement_cache_counts cache_before_;
  pool_statistics statistics_;
};

supervisor_actor::behavior_type supervisor(pool_supervisor::self_pointer self, context_ptr context,
                                           requests_actor requests);

} // namespace freehold
