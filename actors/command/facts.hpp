// What the doctor observed of one database, as values. The survey fills it in
// (actors/command/survey.cpp); what it means is decided without a server
// (actors/command/diagnosis.hpp).
#pragma once

#include "runtime/sqlstate.hpp"

#include <freehold/config.hpp>
#include <freehold/stats.hpp>

#include <chrono>
#include <cstddef>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace freehold::command {

/// Where the database is, as far as it matters for a diagnosis.
struct address {
  std::string host; ///< as configured; empty: libpq's default
  std::string port;
  std::string database;
  std::string user;
  std::string sslmode; ///< libpq's default, "prefer", where nothing is said
  std::string target_session_attrs;
  bool tcp = true;       ///< not a unix socket
  bool same_host = true; ///< a socket or a loopback address
};

[[nodiscard]] address address_of(const connection_target& target);
/// "user@host:port/database"; never a password.
[[nodiscard]] std::string shown(const address& where);

/// Why there is no session.
struct refusal_facts {
  connect_outcome outcome = connect_outcome::unreachable;
  std::string sqlstate;
  std::string message;
  bool timed_out = false;
  /// What the port answers when it is spoken to in HTTP; empty: nothing.
  std::string http;
};

/// What becomes of a server session between two transactions of one client.
enum class pooler_kind {
  none,
  transaction, ///< others get it
  session,     ///< it stays with the client
  unknown,     ///< no second session could be had to find out
};

struct statement_trial {
  bool named = false;
  std::string failure; ///< empty: it worked, twice
  std::string sqlstate;
};

struct limit_facts {
  int max_connections = 0;
  int reserved = 0; ///< for superusers, and from PostgreSQL 16 for pg_use_reserved_connections
  int sessions = 0; ///< of clients, the doctor's own left out
  bool superuser = false;
  std::string role;
  std::string database;
  int role_limit = -1; ///< -1: none
  int role_sessions = 0;
  int database_limit = -1;
  int database_sessions = 0;
};

/// Sessions that share one application_name.
struct application_facts {
  std::string name;
  int sessions = 0;
};

/// Of the connection between the server and whoever speaks to it, a pooler for instance.
struct tls_facts {
  bool in_use = false;
  std::string version;
  std::string cipher;
};

struct replication_facts {
  bool standby = false;
  std::optional<double> lag_seconds; ///< of a standby that has something left to replay
  bool receiving = false;            ///< a standby that is connected to its primary
  int standbys = 0;                  ///< that follow this server
};

struct timing_facts {
  std::vector<std::chrono::microseconds> round_trips;
  std::chrono::microseconds offset{0};      ///< the server's clock less ours
  std::chrono::microseconds uncertainty{0}; ///< half the round trip it was measured over
};

/// A question that the server would not answer.
struct unanswered {
  std::string topic;
  std::string why;
};

struct facts {
  std::string name; ///< of the database in the configuration
  std::string service;
  address where;
  database_options options;

  std::optional<refusal_facts> refused; ///< then nothing below is known
  std::string ended;                    ///< the session ended during the examination: why
  std::chrono::microseconds connected_in{0};
  std::string version; ///< "15.18 (Debian …)"
  server_traits traits;
  pooler_kind pooler = pooler_kind::none;
  std::optional<statement_trial> trial;
  std::optional<limit_facts> limits;
  std::optional<std::vector<application_facts>> applications;
  std::map<std::string, std::string> settings; ///< as a new session has them, in base units
  std::optional<tls_facts> tls;
  std::optional<replication_facts> replication;
  timing_facts timing;
  std::vector<unanswered> unasked;
};

/// Sessions of a service of ours, told by its application_name
/// "service/database/pid"; anything else is its own group.
struct service_share {
  std::string name;
  int sessions = 0;
  int processes = 0; ///< 0: not a service of ours
};

/// Most sessions first.
[[nodiscard]] std::vector<service_share> by_service(const std::vector<application_facts>& all);

} // namespace freehold::command
