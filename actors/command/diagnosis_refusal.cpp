// Why there is no session, told by SQLSTATE where there is one. libpq's own
// complaints have none; the program sets no locale, so they are in English.

#include "actors/command/diagnosis.hpp"

#include <fmt/format.h>

#include <array>

namespace freehold::command {
namespace {

struct known_refusal {
  std::string_view sqlstate; // empty: any
  std::string_view said;     // a part of the message; empty: any
  std::string_view title;
  std::string_view advice;
};

constexpr std::string_view full_advice =
    "lower pool.max_connections (times the number of processes), close what holds the sessions "
    "(SELECT application_name, count(*) FROM pg_stat_activity GROUP BY 1, as a superuser, for whom "
    "some are reserved), put a pooler in between, or raise max_connections (needs a restart)";
constexpr std::string_view identity_advice =
    "check user and password in the configuration and the role on the server (\\du); a password in "
    "a URL has to be percent-encoded, and pg_hba.conf decides which method is asked for";
constexpr std::string_view certificate_advice =
    "set sslrootcert to the certificate of the authority that signed the server's (or "
    "\"system\" where libpq knows it), and connect by the name that the certificate carries";
constexpr std::string_view protocol_advice =
    "check host and port: PostgreSQL listens at 5432 unless told otherwise, PgBouncer at 6432";
constexpr std::string_view host_based_advice =
    "sslmode = \"require\" or stricter, if the server takes this role over TLS only (hostssl in "
    "pg_hba.conf); else a line in pg_hba.conf for this role, database and address";
constexpr std::string_view pooler_database_advice =
    "name the database in the pooler's [databases], or correct dbname";

constexpr std::string_view kind_advice =
    "check which of the hosts is primary (SELECT pg_is_in_recovery()), or correct "
    "target_session_attrs";
constexpr std::string_view behind_pooler_advice =
    "the pooler is well, the server behind it is not: its address in the pooler's [databases], and "
    "the pooler's log";

// The first that fits counts.
constexpr std::array known_refusals{
    known_refusal{"53300", "", "The server has no connection left", full_advice},
    known_refusal{"", "no more connections allowed", "The pooler has no connection left",
                  "raise max_client_conn of the pooler, or lower pool.max_connections"},
    known_refusal{"28P01", "", "The password or the role is wrong", identity_advice},
    known_refusal{"", "no password supplied", "The server asks for a password",
                  "give a password: in the URL, as password = \"${VARIABLE}\", or in ~/.pgpass"},
    known_refusal{"", "SASL authentication failed", "The password or the role is wrong",
                  identity_advice},
    known_refusal{"28000", "pg_hba.conf", "The server does not let this role in from here",
                  host_based_advice},
    known_refusal{"28000", "certificate", "The server asks for a client certificate",
                  "set sslcert and sslkey"},
    known_refusal{"28000", "", "The role is refused", identity_advice},
    known_refusal{"3D000", "", "The database does not exist",
                  "correct dbname (psql --list shows what there is), or CREATE DATABASE"},
    known_refusal{"", "no such database", "The pooler does not know the database",
                  pooler_database_advice},
    known_refusal{"", "no such user", "The pooler does not know the role",
                  "name the role in the pooler's auth_file, or set its auth_query"},
    known_refusal{"57P03", "", "The server is starting, stopping or recovering",
                  "wait; the runtime tries again by itself (connect.backoff_base). If it stays so: "
                  "the server's log. On a standby: hot_standby = on"},
    known_refusal{"", "invalid response to SSL negotiation", "This is not a PostgreSQL server",
                  protocol_advice},
    known_refusal{"", "expected authentication request from server",
                  "This is not a PostgreSQL server", protocol_advice},
    known_refusal{"", "server does not support SSL", "The server offers no TLS",
                  "ssl = on with ssl_cert_file and ssl_key_file on the server (client_tls_sslmode "
                  "on PgBouncer), or a weaker sslmode if the way there is safe"},
    known_refusal{"", "certificate verify failed", "The server's certificate is not trusted",
                  certificate_advice},
    known_refusal{"", "does not match host name", "The certificate is another host's",
                  certificate_advice},
    known_refusal{"", "root certificate", "The certificate authority's file is missing",
                  certificate_advice},
    known_refusal{"", "certificate", "A certificate file cannot be used",
                  "check sslcert, sslkey and sslrootcert: that they exist and may be read"},
    known_refusal{"", "SSL error", "TLS could not be agreed on",
                  "check ssl_min_protocol_version on both sides, and what terminates TLS between"},
    known_refusal{"", "Connection refused", "Nobody listens there",
                  "start the server, or correct host and port; listen_addresses on the server "
                  "decides on which addresses it listens"},
    known_refusal{"", "could not translate host name", "The host's name is not known",
                  "correct host, or the name service of this machine (getent hosts NAME)"},
    known_refusal{"", "No such file or directory", "There is no such socket",
                  "start the server, or set host to the directory of unix_socket_directories (or "
                  "to a host's name, to use TCP)"},
    known_refusal{"", "No route to host", "There is no way to the host",
                  "check host, routing and firewalls between here and there"},
    known_refusal{"", "Network is unreachable", "There is no way to the host",
                  "check host, routing and firewalls between here and there"},
    known_refusal{"", "target_session_attrs", "No server of the kind that is asked for",
                  kind_advice},
    known_refusal{"", "session is read-only", "No server of the kind that is asked for",
                  kind_advice},
    known_refusal{"", "session is not read-only", "No server of the kind that is asked for",
                  kind_advice},
    known_refusal{"", "server is not in hot standby mode",
                  "No server of the kind that is asked for", kind_advice},
    known_refusal{"", "server is in hot standby mode", "No server of the kind that is asked for",
                  kind_advice},
    known_refusal{"", "cannot connect to server", "The pooler does not reach its server",
                  behind_pooler_advice},
    known_refusal{"", "server login has been failing", "The pooler does not reach its server",
                  behind_pooler_advice},
    known_refusal{"", "query_wait_timeout", "The pooler has no server session left",
                  "raise default_pool_size of the pooler, or find what holds its server sessions "
                  "(SHOW POOLS on its console)"},
    known_refusal{"", "Unsupported server version", "This is no database of PostgreSQL's",
                  "a pooler's console (dbname = pgbouncer) answers so: correct dbname"},
    known_refusal{"", "closed the connection unexpectedly", "Whoever listens there hung up",
                  "if it is PostgreSQL, its log says why (a crash, a limit); else check host and "
                  "port, and what stands in between"},
};

bool fits(const known_refusal& known, const refusal_facts& why) {
  return (known.sqlstate.empty() || known.sqlstate == why.sqlstate) &&
         (known.said.empty() || why.message.find(known.said) != std::string::npos);
}

finding problem(std::string_view title, const refusal_facts& why, std::string_view advice) {
  return {severity::problem, "connection", std::string{title},
          why.message.find(why.sqlstate) != std::string::npos
              ? why.message
              : fmt::format("{} (SQLSTATE {})", why.message, why.sqlstate),
          std::string{advice}};
}

std::string_view general_title(connect_outcome what) {
  switch (what) {
  case connect_outcome::too_many:
    return "The server has no connection left";
  case connect_outcome::authentication:
    return "The role is refused";
  case connect_outcome::no_database:
    return "The database does not exist";
  case connect_outcome::starting_up:
    return "The server is starting, stopping or recovering";
  case connect_outcome::misconfigured:
    return "The server refuses what the configuration asks for";
  case connect_outcome::unreachable:
    break;
  }
  return "The server cannot be reached";
}

} // namespace

finding diagnose_refusal(const facts& seen) {
  const refusal_facts& why = *seen.refused;
  if (!why.http.empty()) {
    finding found = problem("This is not a PostgreSQL server", why, protocol_advice);
    found.detail += fmt::format("; asked in HTTP, it answers \"{}\"", why.http);
    return found;
  }
  if (why.timed_out)
    return problem("No answer in time", why,
                   "a firewall that drops packets, a server that hangs, or something that is not "
                   "PostgreSQL: check host and port; connect.timeout is how long is waited");
  for (const known_refusal& known : known_refusals)
    if (fits(known, why))
      return problem(known.title, why, known.advice);
  return problem(general_title(why.outcome), why,
                 "the message is the server's or libpq's own; freehold explain tells what the "
                 "runtime does about an SQLSTATE");
}

} // namespace freehold::command
