// SQLSTATEs. What the runtime does about one is asked of the code that does it.

#include "actors/command/explanation.hpp"
#include "runtime/pipeline.hpp"
#include "runtime/retry_policy.hpp"
#include "runtime/sqlstate.hpp"

#include <fmt/format.h>

#include <memory>

namespace freehold::command {
namespace {

using namespace std::chrono_literals;

server_error said(std::string_view sqlstate) {
  server_error why;
  why.sqlstate = sqlstate;
  why.severity = "ERROR";
  return why;
}

// What is known of a statement's effect when the server answers with this.
fate fate_of(const server_error& why, effect what) {
  if (classify(why) == failure_class::before_send)
    return fate::not_sent;
  if (!ends_session(why) || what == effect::read_only)
    return fate::rolled_back;
  return fate::unknown;
}

errc code_told(const server_error& why) {
  if (classify(why) == failure_class::in_doubt)
    return errc::outcome_unknown;
  if (ends_session(why))
    return errc::connection_lost;
  const auto now = std::chrono::steady_clock::now();
  const request asked{request_kind::execute,
                      {bind(statement{"one", "SELECT 1"})},
                      now,
                      now + 1s,
                      0,
                      std::make_shared<waiting_receiver>()};
  return describe_refusal(asked, 0, why, false).code;
}

bool repeated(const server_error& why, effect what) {
  const failed_attempt attempt{
      code_told(why), classify(why), fate_of(why, what), what, false, 1, 1h};
  return decide_retry(attempt, retry_options{}, 0.0).retry;
}

std::string_view becomes_of_connection(failure_class what) {
  switch (what) {
  case failure_class::before_send:
    return "the connection is replaced";
  case failure_class::transaction:
    return "the connection is kept, and the transaction rolled back";
  case failure_class::connection_fatal:
  case failure_class::in_doubt:
    return "the connection is given up and replaced";
  case failure_class::role:
    return "the connection is given up, if it began on a primary, and the primary looked for again";
  case failure_class::statement:
    return "the statement's name or plan is dropped, and the statement run again at once, unless a "
           "transaction is open";
  case failure_class::resource:
  case failure_class::permanent:
    return "the connection is kept, and the transaction rolled back";
  }
  return "";
}

std::string repeats(const server_error& why) {
  if (classify(why) == failure_class::statement)
    return "after that it is not tried again";
  const bool reads = repeated(why, effect::read_only);
  const bool twice = repeated(why, effect::idempotent);
  const bool all = repeated(why, effect::writes);
  if (all)
    return "it is tried again, up to retry.attempts times within retry.budget and the deadline";
  if (twice || reads)
    return "what is read-only or idempotent is tried again, up to retry.attempts times; other "
           "writes end with outcome_unknown";
  return "it is not tried again";
}

std::string what_is_done(const server_error& why) {
  const std::string told = classify(why) == failure_class::before_send
                               ? "why there is no connection"
                               : std::string{to_string(code_told(why))};
  return fmt::format("{}; {}. The caller is told {}. The circuit breaker {}",
                     becomes_of_connection(classify(why)), repeats(why), told,
                     counts_against_server(why) ? "counts it as a failure of the server"
                                                : "does not count it");
}

// Only where it says more than that the server cannot be used just now.
std::string at_connect(std::string_view sqlstate) {
  const connect_outcome what = classify_connect(sqlstate);
  if (what == connect_outcome::unreachable || what == connect_outcome::misconfigured)
    return {};
  return fmt::format("; at connect, as {}", to_string(what));
}

std::string applied(const server_error& why) {
  switch (fate_of(why, effect::writes)) {
  case fate::not_sent:
    return "certainly not: it says that there was no session to run it on";
  case fate::rolled_back:
    return "no: the server refused it and rolled back";
  case fate::unknown:
    break;
  }
  return "not known, if it was a write that had been sent: the session ended";
}

// Of the settings that stand behind a code; the class's for all others.
std::string_view advice_for(std::string_view code, failure_class what) {
  struct known {
    std::string_view begins;
    std::string_view advice;
  };
  static constexpr known all[]{
      {"53300", "pool.max_connections times the number of processes has to fit max_connections of "
                "the server; freehold doctor adds up who holds them"},
      {"53100", "free space on the server's disk, or temp_file_limit"},
      {"53200", "work_mem and max_connections of the server"},
      {"57014", "statements.timeout, the statement's own timeout, or statement_timeout of the role "
                "(longer than the runtime's)"},
      {"55P03", "lock_timeout of the role, and who holds the lock (pg_locks, freehold top)"},
      {"25P03", "idle_in_transaction_session_timeout (statements.idle_in_transaction_timeout), and "
                "why the transaction waits for its client"},
      {"25006", "name all servers in host and set target_session_attrs = \"read-write\""},
      {"42P05", "behind a pooler: leave statements.policy at \"auto\", or let the pooler track "
                "statements (max_prepared_statements)"},
      {"26000", "behind a pooler: leave statements.policy at \"auto\", or let the pooler track "
                "statements (max_prepared_statements)"},
      {"0A000", "nothing, if the plan went stale because a table changed: it is prepared anew"},
      {"40", "shorter transactions that take their locks in one order; retry.attempts, "
             "retry.budget"},
      {"28", "user and password in the configuration, the role, pg_hba.conf"},
      {"3D", "dbname in the configuration, or CREATE DATABASE"},
      {"23", "the values: a constraint refuses them; the error names it"},
      {"22", "the values: they do not fit what the statement does with them"},
      {"42", "the statement's text, or a migration that is missing; 42501: GRANT"},
      {"57P", "the server's log tells who ended it and why"},
      {"08", "freehold doctor tells what stands between here and the server"},
      {"XX", "the server's log; checks of its disks, a backup"},
  };
  for (const known& each : all)
    if (code.starts_with(each.begins))
      return each.advice;
  return what == failure_class::connection_fatal ? "the server's log tells why"
                                                 : "the statement or its values";
}

} // namespace

std::optional<explanation> explain_sqlstate(std::string_view sqlstate) {
  const std::string_view family = class_name(sqlstate);
  if (sqlstate.size() != 5 || family.empty())
    return std::nullopt;
  const server_error why = said(sqlstate);
  const std::string_view name = condition_name(sqlstate);
  return explanation{
      std::string{sqlstate},
      name.empty() ? fmt::format("a code of class {}", sqlstate.substr(0, 2)) : std::string{name},
      fmt::format("class {}, {}; the runtime treats it as {}{}", sqlstate.substr(0, 2), family,
                  to_string(classify(why)), at_connect(sqlstate)),
      what_is_done(why),
      applied(why),
      std::string{advice_for(sqlstate, classify(why))}};
}

} // namespace freehold::command
