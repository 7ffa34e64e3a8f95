#include "actors/command/diagnosis.hpp"

#include <fmt/format.h>

namespace freehold::command {
namespace {

constexpr auto statements_topic = "statements";

bool is_forced(const facts& seen) {
  return seen.options.statements.policy != statement_policy::automatic;
}

// Named statements on a server session that changes hands: 42P05 and 26000.
finding names_would_meet() {
  return {severity::problem, statements_topic, "Named statements behind a transaction pooler",
          "statements.policy = \"named\", but the pooler gives the server session to others and "
          "does not track names: prepared statements collide (42P05) or vanish (26000)",
          "leave statements.policy at \"auto\", or set max_prepared_statements of the pooler "
          "(PgBouncer 1.21 and later)"};
}

finding transaction_pooler(const facts& seen) {
  if (seen.traits.mode == statement_mode::named)
    return names_would_meet();
  return {severity::note, statements_topic,
          "A transaction pooler that does not track statements: they run unnamed",
          fmt::format("{}; every statement is parsed with each execution, and what leaves state "
                      "on a session is refused",
                      seen.traits.reason),
          "nothing has to be done; max_prepared_statements of PgBouncer 1.21 and later, 200 for "
          "instance, saves the parsing"};
}

finding session_pooler(const facts& seen) {
  if (seen.traits.mode == statement_mode::named)
    return {severity::ok, statements_topic, "A session pooler: statements are prepared under names",
            seen.traits.reason, ""};
  return {severity::note, statements_topic, "A session pooler: statements run unnamed, to be safe",
          fmt::format("{}; but the server session stays with its client between transactions",
                      seen.traits.reason),
          is_forced(seen)
              ? "statements.policy asks for it; \"named\" would save the parsing here"
              : "statements.policy = \"named\" saves the parsing, as long as the pooler's "
                "pool_mode stays session and server_reset_query is DISCARD ALL"};
}

finding some_pooler(const facts& seen) {
  if (seen.traits.mode == statement_mode::named)
    return {severity::warning, statements_topic, "Named statements behind a pooler of unknown kind",
            "no second session could be had to find out whether the pooler gives the server "
            "session to others; if it does, names collide (42P05) or vanish (26000)",
            "leave statements.policy at \"auto\", unless pool_mode is session"};
  return {severity::note, statements_topic, "A pooler of unknown kind: statements run unnamed",
          fmt::format("{}; no second session could be had to find out whether the server session "
                      "stays with its client",
                      seen.traits.reason),
          "raise the pooler's pool size if this database should have more than one session"};
}

finding direct(const facts& seen) {
  if (seen.traits.mode == statement_mode::named)
    return {severity::ok, statements_topic,
            "No pooler in between: statements are prepared under names", seen.traits.reason, ""};
  return {severity::note, statements_topic, "Statements run unnamed, and need not",
          "statements.policy = \"unnamed\" (pgbouncer=true and prepared_statements=false in a URL "
          "mean it too), but there is no pooler: every statement is parsed with each execution",
          "statements.policy = \"auto\""};
}

finding kind_of_way(const facts& seen) {
  if (!seen.traits.pooler)
    return direct(seen);
  if (seen.traits.pooler_tracks_statements && seen.traits.mode == statement_mode::named)
    return {severity::ok, statements_topic,
            "A pooler that tracks statements: they are prepared under names", seen.traits.reason,
            ""};
  if (seen.traits.pooler_tracks_statements)
    return {severity::note, statements_topic, "Statements run unnamed, and need not",
            "statements.policy = \"unnamed\", but the pooler tracks statements",
            "statements.policy = \"auto\""};
  switch (seen.pooler) {
  case pooler_kind::session:
    return session_pooler(seen);
  case pooler_kind::transaction:
    return transaction_pooler(seen);
  case pooler_kind::none:
  case pooler_kind::unknown:
    break;
  }
  return some_pooler(seen);
}

finding judged(const statement_trial& trial) {
  if (!trial.failure.empty())
    return {severity::problem, statements_topic,
            trial.named ? "Prepared statements do not work" : "Statements do not run",
            trial.sqlstate.empty() ? trial.failure
                                   : fmt::format("{} (SQLSTATE {})", trial.failure, trial.sqlstate),
            "statements.policy = \"unnamed\" does without names; and find what stands between "
            "here and the server"};
  return {severity::ok, statements_topic,
          trial.named ? "Prepared statements work" : "Unnamed statements work",
          trial.named ? "prepared and executed, and executed again under its name in a later "
                        "transaction"
                      : "executed twice, in transactions of their own",
          ""};
}

} // namespace

findings diagnose_statements(const facts& seen) {
  if (seen.traits.server_version == 0)
    return {};
  findings all{kind_of_way(seen)};
  if (seen.trial)
    all.push_back(judged(*seen.trial));
  return all;
}

} // namespace freehold::command
