// Our own codes. What is tried again is asked of runtime/retry_policy, not written here.

#include "actors/command/explanation.hpp"
#include "runtime/retry_policy.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>

namespace freehold::command {
namespace {

using namespace std::chrono_literals;

struct entry {
  errc code;
  std::string_view meaning;
  std::string_view applied;
  std::string_view advice;
};

constexpr std::string_view never_sent = "certainly not: nothing was sent";
constexpr std::string_view look_at_fate =
    "the error's fate tells: not_sent and rolled_back mean no, unknown means maybe";
constexpr std::string_view had_run = "it may have: this is found after the answer came";

constexpr std::array entries{
    entry{errc::none, "nothing went wrong", "yes", "nothing"},
    entry{errc::bad_parameter,
          "a parameter cannot be sent: a NUL byte, text that is not UTF-8, too many or too large; "
          "or a setting of the request has a name or value that is not allowed",
          never_sent, "the value that the service passes; the message names its place"},
    entry{errc::bad_conversion,
          "a value of the result does not fit the C++ type that it was asked as, or is NULL",
          had_run,
          "ask for std::optional<...> where NULL occurs, for a wider type, or cast in SQL"},
    entry{errc::no_such_column, "the result has no column of that name or index", had_run,
          "the SELECT's list or the name in the code"},
    entry{errc::statement_conflict, "one statement name was declared with two different SQL texts",
          never_sent, "give each SQL text a name of its own"},
    entry{errc::not_allowed,
          "it would leave state behind on a session that others use next, or does not go "
          "together: SET, LISTEN, BEGIN and COPY outside of their place, a required setting that "
          "is missing",
          never_sent,
          "SET LOCAL and pg_advisory_xact_lock in a transaction, a lease, or "
          "request_options::settings; statements.required_settings says what each request needs"},
    entry{errc::result_too_large, "one result passed statements.result_limit and was given up",
          "a write may have: the error's fate tells",
          "LIMIT in the query, or a larger "
          "statements.result_limit"},
    entry{errc::circuit_open,
          "the database was out of reach; requests are answered at once instead of waiting, until "
          "a trial connection works. The message says since when and why, retry_after when the "
          "next trial is",
          never_sent,
          "mend the database (freehold doctor tells what is wrong). breaker.consecutive_failures "
          "and breaker.failure_rate decide when it opens, breaker.open_first for how long; a "
          "fallback answers meanwhile"},
    entry{errc::queue_full, "as many requests wait as pool.queue_length allows", never_sent,
          "find out what holds the connections (freehold top); then pool.max_connections or a "
          "longer pool.queue_length"},
    entry{errc::overloaded,
          "requests waited for longer than shedding.target during all of shedding.interval; some "
          "are refused so that the others keep their latency",
          never_sent,
          "less load, faster statements, or pool.max_connections; shedding.target is the delay "
          "that is accepted"},
    entry{errc::acquire_timeout, "no connection became free within pool.acquire_timeout",
          never_sent,
          "find out what holds the connections (freehold top: leases, slow statements); then "
          "pool.max_connections or pool.acquire_timeout"},
    entry{errc::connect_failed, "the server could not be reached", never_sent,
          "freehold doctor tells why; connect.timeout and connect.backoff_* decide how long and "
          "how often is tried"},
    entry{errc::authentication_failed, "the server refused user, password or method (class 28)",
          never_sent, "user and password in the configuration, the role, pg_hba.conf"},
    entry{errc::database_missing, "the server has no such database (3D000)", never_sent,
          "dbname in the configuration, or CREATE DATABASE"},
    entry{errc::too_many_connections, "the server has no connection left (53300)", never_sent,
          "pool.max_connections times the number of processes has to fit max_connections of the "
          "server; freehold doctor adds up who holds them"},
    entry{errc::server_error, "the server refused the statement; the error's SQLSTATE says why",
          "no: a statement that fails has no effect",
          "freehold explain SQLSTATE; mostly the statement or its values"},
    entry{errc::serialization_failure,
          "lost against concurrent transactions (40001, 40P01), more often than retry.attempts "
          "allows",
          "no: the server rolled back",
          "shorter transactions that take their locks in one order; then retry.attempts and "
          "retry.budget"},
    entry{errc::deadline_exceeded, "the request's deadline passed", look_at_fate,
          "the statement's timeout or statements.timeout; and why it is slow: freehold top, "
          "EXPLAIN (ANALYZE)"},
    entry{errc::cancelled,
          "somebody other than the deadline cancelled it: an administrator, statement_timeout of "
          "the server, or nobody waited for it any more",
          look_at_fate, "statement_timeout of the role has to be longer than statements.timeout"},
    entry{errc::connection_lost, "the session ended before an answer",
          "certainly not: it was not sent, or was rolled back",
          "the server's log tells why (restart, crash, administrator); retry.attempts says how "
          "often another connection is tried"},
    entry{errc::outcome_unknown,
          "it was sent, and the session ended before the answer: a commit may or may not have "
          "happened. Never a success, and never repeated blindly",
          "not known: look for its effect before it is done again",
          "declare statements idempotent that are (ON CONFLICT DO NOTHING, a key of the "
          "request's own): then the runtime repeats them; a transaction function is looked up "
          "and repeated by itself where the server allows it"},
    entry{errc::transaction_failed,
          "a transaction function, or a lease's transaction, ended without one that can be "
          "committed: a statement in it had failed and the function went on",
          "no: it was rolled back",
          "let the function throw, or use a savepoint around what may fail"},
    entry{errc::lease_lost, "the lease was released, reclaimed, or its session ended",
          "what the lease's transaction had done was rolled back",
          "lease.reclaim_after is how long one may be kept; release earlier, or ask for a new one"},
    entry{errc::unknown_database, "the configuration has no database of that name", never_sent,
          "the name in the code, or a section [database.NAME]"},
    entry{errc::stopped, "the runtime is stopping or has stopped",
          "no, unless the error's fate is unknown",
          "runtime.drain_timeout is how long a stop lets requests finish"},
    entry{errc::would_block,
          "get() would block a cooperative actor, and a thread of the scheduler with it",
          "it may: the request itself goes on", "use request(...).then(...) in actors"},
    entry{errc::internal, "a defect in Freehold", look_at_fate,
          "report it, with the log lines around it"},
};

constexpr bool in_order() {
  for (std::size_t i = 0; i < entries.size(); ++i)
    if (static_cast<std::size_t>(entries[i].code) != i)
      return false;
  return entries.size() == static_cast<std::size_t>(errc::internal) + 1;
}
static_assert(in_order(), "every code has its entry, at its place");

// Whether the policy would ever send it again: where nothing else stands against it.
bool may_be_repeated(errc code) {
  const failed_attempt best{
      code, failure_class::before_send, fate::not_sent, effect::read_only, false, 1, 1h};
  return decide_retry(best, retry_options{}, 0.0).retry;
}

std::string what_is_done(errc code) {
  if (code == errc::outcome_unknown)
    return "repeats what is declared idempotent, and a transaction function whose COMMIT is found "
           "to be rolled back; nothing else";
  if (code == errc::serialization_failure)
    return "has repeated it already, from BEGIN, up to retry.attempts times within retry.budget";
  if (code == errc::server_error)
    return "decides by SQLSTATE whether it is tried again; most are not";
  if (may_be_repeated(code))
    return "has tried it again already, up to retry.attempts times within retry.budget and the "
           "deadline";
  return "does not try it again";
}

} // namespace

explanation explain(errc code) {
  const entry& found = entries.at(static_cast<std::size_t>(code));
  return {std::string{to_string(code)}, "code of Freehold",         std::string{found.meaning},
          what_is_done(code),           std::string{found.applied}, std::string{found.advice}};
}

std::optional<errc> code_named(std::string_view name) noexcept {
  for (const entry& each : entries)
    if (to_string(each.code) == name)
      return each.code;
  return std::nullopt;
}

std::vector<std::string> known_codes() {
  std::vector<std::string> all = named_sqlstates();
  for (const entry& each : entries)
    all.emplace_back(to_string(each.code));
  return all;
}

} // namespace freehold::command
