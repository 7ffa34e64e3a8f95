// The way to the server and its place among others: TLS, clock, distance, replication.

#include "actors/command/diagnosis.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cstdlib>

namespace freehold::command {
namespace {

using std::chrono::microseconds;

double ms(microseconds time) {
  return std::chrono::duration<double, std::milli>{time}.count();
}

bool demands_tls(const std::string& sslmode) {
  return sslmode == "require" || sslmode.starts_with("verify");
}

finding unencrypted(const facts& seen) {
  if (seen.where.same_host)
    return {severity::ok, "tls", "No TLS, and none needed",
            "the connection does not leave this machine", ""};
  return {severity::warning, "tls", "The connection is not encrypted",
          fmt::format("over TCP to {}: the password's proof, the statements and the data can be "
                      "read and changed on the way",
                      seen.where.host),
          "ssl = on with ssl_cert_file and ssl_key_file on the server (client_tls_sslmode on "
          "PgBouncer), and sslmode = \"verify-full\" here"};
}

finding encrypted(const facts& seen, std::string how) {
  const std::string& mode = seen.where.sslmode;
  if (mode == "verify-full" || !seen.where.tcp)
    return {severity::ok, "tls", "TLS, and the server's identity is checked", std::move(how), ""};
  return {seen.where.same_host ? severity::note : severity::warning, "tls",
          "TLS, but the server's identity is not checked fully",
          fmt::format("{}; sslmode = {}{}", how, mode,
                      demands_tls(mode) ? "" : ", which would go on without TLS too"),
          "sslmode = \"verify-full\" with sslrootcert, or somebody on the way can pose as the "
          "server"};
}

// The median of what was measured.
microseconds median(std::vector<microseconds> all) {
  const auto middle = all.begin() + static_cast<std::ptrdiff_t>(all.size() / 2);
  std::nth_element(all.begin(), middle, all.end());
  return *middle;
}

finding distance(const timing_facts& timing) {
  constexpr microseconds near{2'000};
  constexpr microseconds far{10'000};
  const microseconds typical = median(timing.round_trips);
  const microseconds longest =
      *std::max_element(timing.round_trips.begin(), timing.round_trips.end());
  finding found{severity::ok, "round trip", "The server is near",
                fmt::format("a round trip takes {:.2f} ms (median of {}, longest {:.2f} ms)",
                            ms(typical), timing.round_trips.size(), ms(longest)),
                ""};
  if (typical < near)
    return found;
  found.level = typical < far ? severity::note : severity::warning;
  found.title = typical < far ? "The server is not near" : "The server is far away";
  found.advice = "run the service in the server's zone; scripts (one round trip for a whole "
                 "transaction) and a larger pipeline_depth hide some of it";
  return found;
}

finding clocks(const timing_facts& timing) {
  const microseconds apart{std::abs(timing.offset.count())};
  const microseconds sure = apart - std::min(apart, timing.uncertainty);
  finding found{severity::ok, "clock", "The clocks agree",
                fmt::format("the server's is {:.1f} ms {} (give or take {:.2f} ms)", ms(apart),
                            timing.offset.count() < 0 ? "behind" : "ahead", ms(timing.uncertainty)),
                ""};
  constexpr microseconds noticeable{100'000};
  constexpr microseconds wrong{1'000'000};
  if (sure < noticeable)
    return found;
  found.level = sure < wrong ? severity::note : severity::warning;
  found.title = "The clocks disagree";
  found.advice = "synchronise both machines (chrony, systemd-timesyncd): times in logs and data of "
                 "the two cannot be compared; the runtime's own deadlines do not depend on it";
  return found;
}

finding standby(const facts& seen) {
  const replication_facts& how = *seen.replication;
  const bool asked_for = !seen.where.target_session_attrs.empty();
  const std::string lag =
      how.lag_seconds ? fmt::format("{:.1f} s behind", *how.lag_seconds) : "caught up";
  return {asked_for ? severity::note : severity::warning, "replication",
          "This is a standby: writes are refused",
          fmt::format("{}, {}", lag,
                      how.receiving ? "connected to its primary"
                                    : "not known to be connected to its primary"),
          "for writes, name all servers in host and set target_session_attrs = \"read-write\"; for "
          "reads alone nothing has to be done, and target_session_attrs = \"standby\" says so"};
}

finding lagging(const replication_facts& how) {
  return {severity::warning, "replication", "The standby lags behind",
          fmt::format("the last transaction that it replayed is {:.1f} s old", *how.lag_seconds),
          "its load, its disk, long queries with max_standby_streaming_delay, or the network to "
          "its primary (pg_stat_replication there)"};
}

} // namespace

findings diagnose_tls(const facts& seen) {
  if (seen.traits.server_version == 0)
    return {};
  if (seen.traits.pooler) { // what the server sees is the pooler's connection
    const std::string behind = !seen.tls          ? "unknown"
                               : seen.tls->in_use ? seen.tls->version
                                                  : "no TLS";
    if (demands_tls(seen.where.sslmode))
      return {encrypted(seen, "TLS to the pooler; between pooler and server: " + behind)};
    finding found = unencrypted(seen);
    if (found.level != severity::ok) {
      found.title = "Encryption is left to chance";
      found.detail = fmt::format("sslmode = {}: whether TLS is used up to the pooler depends on "
                                 "the pooler; between pooler and server: {}",
                                 seen.where.sslmode, behind);
    }
    return {found};
  }
  if (!seen.tls)
    return {};
  return {seen.tls->in_use ? encrypted(seen, seen.tls->version + ", " + seen.tls->cipher)
                           : unencrypted(seen)};
}

findings diagnose_clock(const facts& seen) {
  if (seen.timing.round_trips.empty())
    return {};
  return {clocks(seen.timing), distance(seen.timing)};
}

findings diagnose_replication(const facts& seen) {
  if (!seen.replication)
    return {};
  constexpr double long_lag = 10;
  if (seen.replication->standby) {
    findings all{standby(seen)};
    if (seen.replication->lag_seconds.value_or(0) > long_lag)
      all.push_back(lagging(*seen.replication));
    return all;
  }
  return {{severity::ok, "replication", "This is the primary",
           fmt::format("{} {} it", seen.replication->standbys,
                       seen.replication->standbys == 1 ? "standby follows" : "standbys follow"),
           ""}};
}

} // namespace freehold::command
