// What a session talks to: a server, a pooler that tracks statements, or one
// that does not; and which statement mode follows.

#include "runtime/session_state.hpp"

#include <fmt/format.h>

namespace freehold {
namespace {

// set_config only where the backend is ours alone: behind a pooler the setting
// would stay on a backend that others get next.
const std::string first_look =
    "SELECT pid, pid = $1::int,"
    " current_setting('default_transaction_isolation')"
    " NOT IN ('read committed', 'read uncommitted'),"
    " CASE WHEN pid = $1::int THEN"
    " set_config('idle_in_transaction_session_timeout', $2, false)"
    " || set_config('datestyle', 'ISO', false)"
    " || CASE WHEN $3 = '' THEN '' ELSE set_config('search_path', $3, false) END END,"
    " CASE WHEN pid = $1::int THEN pg_postmaster_start_time()::text END"
    " FROM pg_backend_pid() AS pid";

const std::string is_listed = "SELECT EXISTS (SELECT FROM pg_prepared_statements WHERE name = $1)";

[[noreturn]] void refuse(const session_reply& reply) {
  server_error why = reply.why ? *reply.why : server_error{};
  if (reply.kind == reply_kind::timed_out)
    why.message = "no answer to the first statement within connect.timeout";
  throw connect_failure{classify_connect(why.sqlstate), why.sqlstate,
                        "the connection was made but cannot be used: " + why.message};
}

result_set expect(session& on, reply_kind kind, session::time_point deadline) {
  session_reply reply = on.next(deadline);
  while (reply.kind == reply_kind::interrupted)
    reply = on.next(deadline);
  if (reply.kind != kind)
    refuse(reply);
  return std::move(reply.rows);
}

// A statement prepared under a name of ours is listed under that name, unless a
// pooler renamed it; all within one Sync, hence on one backend.
bool pooler_renames(session& on, const std::string& nonce, session::time_point deadline) {
  const std::string name = "fh_probe_" + nonce;
  on.prepare(name, "SELECT 1");
  on.execute_unnamed(is_listed, parameters::of(name));
  // A statement that would be left on the backend goes at once.
  on.execute_unnamed(fmt::format("DO $$ BEGIN IF EXISTS (SELECT FROM pg_prepared_statements WHERE "
                                 "name = '{0}') THEN EXECUTE 'DEALLOCATE {0}'; END IF; END $$",
                                 name),
                     {});
  on.sync();
  expect(on, reply_kind::result, deadline);
  const bool listed = expect(on, reply_kind::result, deadline).scalar<bool>();
  expect(on, reply_kind::result, deadline);
  expect(on, reply_kind::synced, deadline);
  return !listed;
}

void choose_mode(server_traits& found, statement_policy policy) {
  if (policy != statement_policy::automatic) {
    found.mode =
        policy == statement_policy::named ? statement_mode::named : statement_mode::unnamed;
    found.reason = "statements.policy says so";
  } else if (!found.pooler) {
    found.mode = statement_mode::named;
    found.reason = "the backend's process id is the one announced at connect: a direct server";
  } else if (found.pooler_tracks_statements) {
    found.mode = statement_mode::named;
    found.reason = "a pooler hides the backend, and renames prepared statements: it tracks them";
  } else {
    found.mode = statement_mode::unnamed;
    found.reason = "a pooler hides the backend, and prepared statements keep their names on it: "
                   "names would meet those of other clients";
  }
}

} // namespace

server_traits probe(session& on, const database_options& options, const std::string& nonce,
                    session::time_point deadline) {
  const std::string idle_limit =
      std::to_string(options.statements.idle_in_transaction_timeout.count());
  on.execute_unnamed(first_look,
                     parameters::of(on.backend_pid(), idle_limit, options.target.schema));
  on.sync();
  const result_set seen = expect(on, reply_kind::result, deadline);
  expect(on, reply_kind::synced, deadline);

  server_traits found;
  found.server_version = on.server_version();
  found.standby = on.reported("in_hot_standby") == "on"; // told by PostgreSQL 14 and later
  found.pooler = !seen[0].at<bool>(1);
  found.strict_isolation = seen[0].at<bool>(2);
  found.server_start = seen[0].at<std::optional<std::string>>(4).value_or("");
  if (found.pooler && !options.target.schema.empty()) {
    throw connect_failure{
        connect_outcome::misconfigured, "",
        fmt::format("schema = \"{0}\" cannot be set through a pooler without reaching other "
                    "clients; use ALTER ROLE ... SET search_path = {0} and leave schema out",
                    options.target.schema)};
  }
  if (found.pooler && !on.reported("DateStyle").starts_with("ISO")) {
    throw connect_failure{connect_outcome::misconfigured, "",
                          "the server's DateStyle is not ISO and a pooler is in between; use "
                          "ALTER ROLE ... SET datestyle = 'ISO'"};
  }
  found.pooler_tracks_statements = found.pooler && pooler_renames(on, nonce, deadline);
  choose_mode(found, options.statements.policy);
  return found;
}

} // namespace freehold
