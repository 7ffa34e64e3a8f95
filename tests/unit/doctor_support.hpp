// A database that is well, as the doctor would have observed it.
#pragma once

#include "actors/command/diagnosis.hpp"

#include <algorithm>
#include <string>
#include <string_view>

namespace freehold::testing {

[[nodiscard]] inline command::facts healthy() {
  command::facts seen;
  seen.name = "primary";
  seen.service = "rental";
  seen.options = default_database(base_profile::production, "primary");
  seen.options.target.parameters = {
      {"host", "db.example.com"}, {"user", "app"}, {"dbname", "homes"}, {"sslmode", "verify-full"}};
  seen.where = command::address_of(seen.options.target);
  seen.version = "15.18";
  seen.traits.server_version = 150018;
  seen.traits.mode = statement_mode::named;
  seen.trial = command::statement_trial{.named = true};
  seen.limits = command::limit_facts{
      .max_connections = 100, .reserved = 3, .sessions = 12, .role = "app", .database = "homes"};
  seen.applications = {{"rental/primary/11", 8}, {"rental/primary/12", 3}, {"psql", 1}};
  seen.settings = {{"fsync", "on"},
                   {"full_page_writes", "on"},
                   {"synchronous_commit", "on"},
                   {"statement_timeout", "60000"},
                   {"idle_in_transaction_session_timeout", "0"},
                   {"idle_session_timeout", "0"},
                   {"default_transaction_isolation", "read committed"},
                   {"default_transaction_read_only", "off"},
                   {"log_statement", "none"},
                   {"log_min_duration_statement", "500"},
                   {"tcp_keepalives_idle", "60"}};
  seen.tls = command::tls_facts{true, "TLSv1.3", "TLS_AES_256_GCM_SHA384"};
  seen.replication = command::replication_facts{.standbys = 1};
  using std::chrono::microseconds;
  seen.timing = {{microseconds{300}, microseconds{280}, microseconds{900}},
                 microseconds{1'500},
                 microseconds{140}};
  return seen;
}

[[nodiscard]] inline const command::finding* find_titled(const command::findings& all,
                                                         std::string_view title) {
  const auto found = std::find_if(all.begin(), all.end(),
                                  [&](const command::finding& one) { return one.title == title; });
  return found == all.end() ? nullptr : &*found;
}

} // namespace freehold::testing
