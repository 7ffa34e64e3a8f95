// What the actors of one database say to each other: all messages and typed
// interfaces in one place. A clause's comment says who sends it and when.
#pragma once

#include "actors/attendance.hpp"
#include "actors/caller_limits.hpp"
#include "actors/lent_thread.hpp"
#include "runtime/event_log.hpp"
#include "runtime/first_answer.hpp"
#include "runtime/last_good_cache.hpp"
#include "runtime/pool_ledger.hpp"
#include "runtime/process_identity.hpp"
#include "runtime/query_id.hpp"
#include "runtime/request.hpp"
#include "runtime/session.hpp"
#include "runtime/slow_queries.hpp"

#include <freehold/config.hpp>
#include <freehold/messages.hpp>
#include <freehold/stats.hpp>

#include <caf/typed_actor.hpp>

#include <atomic>
#include <functional>
#include <memory>
#include <string>
#include <vector>

namespace freehold {

struct lease_grant;
struct database_context;
using context_ptr = std::shared_ptr<const database_context>;

// -- supervisor ---------------------------------------------------------------

/// From handles and the requests actor: admit this. The request itself is the reply.
struct submit {
  request_ptr what;
};
/// To itself, once for all that was submitted meanwhile.
struct dispatch {};
/// From a connection: its session is ready.
struct connected {
  connection_id id;
  server_traits server;
};
/// From a connection, which ends with it: there is no session.
struct connect_failed {
  connection_id id;
  connect_outcome outcome;
  std::string message;
};
/// From a connection: the oldest `count` of what it was assigned are dealt with
/// (none while it still runs them), `lost` of them because the session ended, and
/// these were submitted by their answers.
struct batch_done {
  connection_id id;
  std::size_t count;
  std::size_t lost;
  heal_counts healed;
  std::vector<request_ptr> submitted;
  statement_cache_counts cache;
  statement_mode mode;
};
/// From a connection, which ends with it.
struct session_ended {
  connection_id id;
  std::string why;
  bool expected;
  bool blames_server; ///< its end speaks of the server's health
};
/// From a connection: a statement's plan went stale, siblings should know.
struct plans_stale {
  connection_id from;
  std::vector<std::uint64_t> content_hashes;
};
/// From a connection that cleaned up after a lease, or from the last copy of one
/// that was not used.
struct lease_ended {
  connection_id id;
};
/// To itself, when the next deadline, retirement or reconnect is due.
struct sweep {};
/// From anyone.
struct ask_snapshot {};
/// From the runtime: what the actors of this database share is another from now on.
/// To the supervisor, which passes it on to its connections, and to the requests
/// actor.
struct adopt {
  context_ptr context;
  bool renew_sessions; ///< those that are open were made for what was before
};
/// From the runtime: refuse what is new, finish what runs, close, exit.
struct stop_database {};

using supervisor_actor =
    caf::typed_actor<caf::reacts_to<submit>, caf::reacts_to<dispatch>, caf::reacts_to<batch_done>,
                     caf::reacts_to<connected>, caf::reacts_to<connect_failed>,
                     caf::reacts_to<session_ended>, caf::reacts_to<plans_stale>,
                     caf::reacts_to<lease_ended>, caf::reacts_to<force_circuit>,
                     caf::reacts_to<sweep>, caf::replies_to<ask_snapshot>::with<database_snapshot>,
                     caf::reacts_to<adopt>, caf::reacts_to<stop_database>>;

// -- connection ---------------------------------------------------------------

/// From its supervisor, first.
struct open_session {};
/// From its supervisor: run these.
struct assign {
  std::vector<request_ptr> batch;
};
/// To itself, once for all that was assigned meanwhile.
struct flush {};
/// From its supervisor, behind a `ping`: if the session is still there, answer the
/// request for this lease with it.
struct hand_over {
  std::shared_ptr<lease_grant> grant;
};
/// From the holder of a lease; the first makes it known. `origin` asked for it.
struct lease_execute {
  std::uint64_t lease;
  request_ptr origin;
  request_ptr what;
};
struct lease_commit {
  std::uint64_t lease;
  request_ptr origin;
  request_ptr what;
};
/// From the last copy of a lease that was used.
struct lease_release {
  std::uint64_t lease;
};
/// From its supervisor: these plans went stale elsewhere.
struct drop_statements {
  std::vector<std::uint64_t> content_hashes;
};
/// From its supervisor: is the server still there?
struct ping {};
/// From its supervisor: nothing more will come; end.
struct close_session {};

using connection_actor =
    caf::typed_actor<caf::reacts_to<assign>, caf::reacts_to<flush>, caf::reacts_to<lease_execute>,
                     caf::reacts_to<lease_commit>, caf::reacts_to<lease_release>,
                     caf::reacts_to<hand_over>, caf::reacts_to<open_session>,
                     caf::reacts_to<drop_statements>, caf::reacts_to<ping>, caf::reacts_to<adopt>,
                     caf::reacts_to<close_session>>;

// -- requests -----------------------------------------------------------------

/// From a connection: an attempt failed in a way that may allow another.
struct attempt_failed {
  attempt_failure what;
};
/// From the supervisor: answer this with an error. It does not do so itself,
/// because it may run on a thread of the service, where the service's callbacks
/// are not expected.
struct turned_away {
  request_ptr what;
  error why;
};
/// To itself, after a delay.
struct resubmit {
  request_ptr what;
};
/// From the runtime, first: whom to submit to.
struct attend {
  supervisor_actor supervisor;
};
/// From the supervisor, last.
struct stop_requests {};

using requests_actor =
    database_actor::extend<caf::reacts_to<attempt_failed>, caf::reacts_to<turned_away>,
                           caf::reacts_to<resubmit>, caf::reacts_to<attend>, caf::reacts_to<adopt>,
                           caf::reacts_to<stop_requests>>;

/// What the time is; from any thread. CAF's clock, by which actors get delayed
/// messages, has to agree with it.
using time_source = std::function<std::chrono::steady_clock::time_point()>;
/// Bits that nobody foresees; from any thread.
using entropy_source = std::function<std::uint64_t()>;
[[nodiscard]] std::uint64_t device_entropy();

/// What happens beside the supervisor and hardly ever: answers of fallbacks, and
/// failures after which there is no further attempt.
struct side_counters {
  std::atomic<std::uint64_t> fallbacks{0};
  std::atomic<std::uint64_t> given_up{0};
};

/// What the actors of one database share; immutable but for the counters. After a
/// change of the configuration they are given another, which shares with this one
/// whatever is behind a pointer.
struct database_context {
  database_options options;
  std::string application_name;
  /// Whose sessions they are; null where nobody looks for those of dead runs.
  std::shared_ptr<const process_identity> identity;
  /// Whether that is still to be done.
  std::shared_ptr<std::atomic<bool>> reap = std::make_shared<std::atomic<bool>>(true);
  std::shared_ptr<first_answer> first; ///< of the runtime; may be null
  event_log log;                       ///< speaks for the database
  session_factory connect;
  time_source now = std::chrono::steady_clock::now;
  entropy_source entropy = device_entropy; ///< seeds jitter, and names of sessions
  std::shared_ptr<query_ids> ids;
  /// Requests made so far: what the budget for repeats is a fraction of. Counted by the
  /// supervisor, who hears of many at once: a counter that all threads share costs each of them.
  std::shared_ptr<std::atomic<std::uint64_t>> traffic =
      std::make_shared<std::atomic<std::uint64_t>>(0);
  std::shared_ptr<side_counters> counters = std::make_shared<side_counters>();
  std::shared_ptr<lent_threads> lent = std::make_shared<lent_threads>();
  /// The connection actors that have not ended.
  std::shared_ptr<attendance> connections = std::make_shared<attendance>();
  /// Connections that may end on a defect before the supervisor does.
  supervision_options supervision;
  std::shared_ptr<last_good_answers> last_good = std::make_shared<last_good_answers>();
  std::shared_ptr<caller_limits> callers = std::make_shared<caller_limits>();
  std::shared_ptr<slow_queries> slow = std::make_shared<slow_queries>(device_entropy);
  std::chrono::milliseconds drain_timeout{30'000};
  /// False in simulations, where everything runs on the test scheduler.
  bool own_threads = true;
};

/// What the holder of a lease has; the last copy gives the connection back.
struct lease_grant {
  connection_actor connection;
  supervisor_actor supervisor;
  connection_id id = 0;
  std::uint64_t number = 0; ///< of the lease; grows, also over connections
  std::shared_ptr<freehold::interrupter> interrupter;
  context_ptr context;
  request_ptr origin;
  std::atomic<bool> used{false}; ///< the connection knows of it

  lease_grant() = default;
  lease_grant(const lease_grant&) = delete;
  lease_grant& operator=(const lease_grant&) = delete;
  ~lease_grant();
};

} // namespace freehold

CAF_ALLOW_UNSAFE_MESSAGE_TYPE(freehold::submit)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(freehold::dispatch)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(freehold::connected)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(freehold::connect_failed)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(freehold::batch_done)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(freehold::session_ended)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(freehold::plans_stale)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(freehold::lease_ended)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(freehold::hand_over)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(freehold::sweep)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(freehold::ask_snapshot)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(freehold::adopt)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(freehold::stop_database)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(freehold::database_snapshot)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(freehold::open_session)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(freehold::assign)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(freehold::flush)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(freehold::lease_execute)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(freehold::lease_commit)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(freehold::lease_release)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(freehold::drop_statements)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(freehold::ping)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(freehold::close_session)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(freehold::attempt_failed)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(freehold::turned_away)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(freehold::resubmit)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(freehold::attend)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(freehold::stop_requests)
