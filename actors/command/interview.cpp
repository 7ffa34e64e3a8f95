#include "actors/command/interview.hpp"

#include "runtime/redaction.hpp"

#include <cstdint>

namespace freehold::command {
namespace {

void note_refusal(const interview& with, facts& found, const char* topic) {
  found.unasked.push_back({topic, redacted_message(with.refused(), {})});
}

// Those that the diagnosis knows, and no more: reading all takes the server a while.
// As each new session gets it: ours has set some for itself.
const std::string settings_sql =
    "SELECT name, reset_val FROM pg_settings WHERE name IN ("
    "'statement_timeout', 'transaction_timeout', 'idle_in_transaction_session_timeout',"
    " 'idle_session_timeout', 'default_transaction_isolation', 'default_transaction_read_only',"
    " 'log_statement', 'log_min_duration_statement', 'synchronous_commit', 'fsync',"
    " 'full_page_writes', 'ssl', 'tcp_keepalives_idle')";

// The columns of others' sessions that everybody may see; background workers have no database or
// no user there. The doctor's own session is not counted.
const std::string limits_sql =
    "WITH clients AS (SELECT datname, usename FROM pg_stat_activity"
    "  WHERE datid IS NOT NULL AND usesysid IS NOT NULL AND pid <> pg_backend_pid()"
    "  AND coalesce(backend_type, 'client backend') = 'client backend')"
    " SELECT current_setting('max_connections')::int,"
    " current_setting('superuser_reserved_connections')::int"
    "  + coalesce(current_setting('reserved_connections', true)::int, 0),"
    " (SELECT count(*)::int FROM clients),"
    " r.rolsuper, quote_ident(r.rolname), quote_ident(d.datname), r.rolconnlimit,"
    " (SELECT count(*)::int FROM clients WHERE usename = r.rolname), d.datconnlimit,"
    " (SELECT count(*)::int FROM clients WHERE datname = d.datname)"
    " FROM pg_roles AS r, pg_database AS d"
    " WHERE r.rolname = current_user AND d.datname = current_database()";

const std::string applications_sql =
    "SELECT coalesce(application_name, ''), count(*)::int FROM pg_stat_activity"
    " WHERE datid IS NOT NULL AND usesysid IS NOT NULL AND pid <> pg_backend_pid()"
    " AND coalesce(backend_type, 'client backend') = 'client backend' GROUP BY 1";

const std::string tls_sql = "SELECT ssl, coalesce(version, ''), coalesce(cipher, '')"
                            " FROM pg_stat_ssl WHERE pid = pg_backend_pid()";

// A standby that has replayed all it received is not behind, however old that is.
const std::string replication_sql =
    "SELECT pg_is_in_recovery(),"
    " CASE WHEN pg_is_in_recovery()"
    "  AND pg_last_wal_receive_lsn() IS DISTINCT FROM pg_last_wal_replay_lsn()"
    "  THEN extract(epoch FROM clock_timestamp() - pg_last_xact_replay_timestamp())::float8 END,"
    " EXISTS (SELECT FROM pg_stat_wal_receiver WHERE pid IS NOT NULL),"
    " (SELECT count(*)::int FROM pg_stat_replication)";

} // namespace

std::optional<result_set> interview::ask(const std::string& sql, const parameters& values) {
  session_.execute_unnamed(sql, values);
  session_.sync();
  return collect();
}

std::optional<result_set> interview::collect() {
  std::optional<result_set> rows;
  bool failed = false;
  for (;;) {
    session_reply got = session_.next(deadline_);
    switch (got.kind) {
    case reply_kind::result:
      rows = std::move(got.rows);
      break;
    case reply_kind::failed:
    case reply_kind::too_large:
      failed = true;
      refused_ = *got.why;
      break;
    case reply_kind::synced:
      return failed ? std::nullopt : rows;
    case reply_kind::skipped:
    case reply_kind::interrupted:
      break;
    case reply_kind::timed_out:
      throw interview_ended{"the server stopped answering"};
    case reply_kind::lost:
      throw interview_ended{got.why ? got.why->message : "the connection ended"};
    }
  }
}

void ask_limits(interview& with, facts& found) {
  const std::optional<result_set> rows = with.ask(limits_sql);
  if (!rows || rows->empty())
    return note_refusal(with, found, "limits");
  const auto one = (*rows)[0];
  found.limits = limit_facts{
      .max_connections = one.at<int>(0),
      .reserved = one.at<int>(1),
      .sessions = one.at<int>(2),
      .superuser = one.at<bool>(3),
      .role = one.at<std::string>(4),
      .database = one.at<std::string>(5),
      .role_limit = one.at<int>(6),
      .role_sessions = one.at<int>(7),
      .database_limit = one.at<int>(8),
      .database_sessions = one.at<int>(9),
  };
}

void ask_applications(interview& with, facts& found) {
  const std::optional<result_set> rows = with.ask(applications_sql);
  if (!rows)
    return note_refusal(with, found, "budget");
  found.applications.emplace();
  for (const auto& one : *rows)
    found.applications->push_back({one.at<std::string>(0), one.at<int>(1)});
}

void ask_settings(interview& with, facts& found) {
  const std::optional<result_set> rows = with.ask(settings_sql);
  if (!rows)
    return note_refusal(with, found, "settings");
  for (const auto& one : *rows)
    found.settings.emplace(one.at<std::string>(0),
                           one.at<std::optional<std::string>>(1).value_or(""));
}

void ask_tls(interview& with, facts& found) {
  const std::optional<result_set> rows = with.ask(tls_sql);
  if (!rows)
    return note_refusal(with, found, "tls");
  if (!rows->empty()) {
    const auto one = (*rows)[0];
    found.tls = tls_facts{one.at<bool>(0), one.at<std::string>(1), one.at<std::string>(2)};
  }
}

void ask_replication(interview& with, facts& found) {
  const std::optional<result_set> rows = with.ask(replication_sql);
  if (!rows || rows->empty())
    return note_refusal(with, found, "replication");
  const auto one = (*rows)[0];
  found.replication = replication_facts{one.at<bool>(0), one.at<std::optional<double>>(1),
                                        one.at<bool>(2), one.at<int>(3)};
}

} // namespace freehold::command
