#include "actors/snapshot_json.hpp"

#include <fmt/chrono.h>
#include <fmt/format.h>
#include <nlohmann/json.hpp>

namespace freehold {

using json = nlohmann::ordered_json;
using std::chrono::milliseconds;

namespace {

constexpr std::size_t most_statements = 20;

double milliseconds_of(std::chrono::nanoseconds of) {
  return std::chrono::duration<double, std::milli>{of}.count();
}

std::string text_of(circuit_override how) {
  switch (how) {
  case circuit_override::automatic:
    return "automatic";
  case circuit_override::open:
    return "open";
  case circuit_override::closed:
    return "closed";
  }
  return "";
}

json json_of(const distribution& what) {
  return {{"count", what.count},
          {"sum", what.sum},
          {"p50", what.p50},
          {"p95", what.p95},
          {"p99", what.p99}};
}

json pool_of(const database_snapshot& of) {
  const std::size_t total =
      of.connecting + of.idle + of.busy + of.exclusive + of.leased + of.draining;
  return {{"connecting", of.connecting},
          {"idle", of.idle},
          {"busy", of.busy},
          {"exclusive", of.exclusive},
          {"leased", of.leased},
          {"draining", of.draining},
          {"total", total},
          {"max", of.max_connections},
          {"min", of.min_connections}};
}

json circuit_of(const circuit_snapshot& of) {
  return {{"state", to_string(of.state)},
          {"forced", text_of(of.forced)},
          {"cause", of.cause},
          {"in_state_ms", of.in_state.count()},
          {"retry_after_ms", of.retry_after.count()},
          {"opened_total", of.opened_total},
          {"refused_total", of.refused_total}};
}

json server_of(const std::optional<server_traits>& of) {
  if (!of)
    return nullptr;
  return {
      {"version", fmt::format("{}.{}", of->server_version / 10'000, of->server_version % 10'000)},
      {"version_number", of->server_version},
      {"pooler", of->pooler},
      {"pooler_tracks_statements", of->pooler_tracks_statements},
      {"statement_mode", to_string(of->mode)},
      {"standby", of->standby},
      {"reason", of->reason}};
}

// Whoever is refused wants to see it, whatever refused him.
json totals_of(const database_snapshot& of) {
  return {{"requests", of.requests_total},
          {"answered", of.answered_total},
          {"failed", of.failed_total},
          {"refused", of.refused_total + of.circuit.refused_total},
          {"shed", of.shed_total},
          {"retries", of.retries_total},
          {"fallbacks", of.fallbacks_total},
          {"connects", of.connects_total},
          {"connect_failures", of.connect_failures_total},
          {"sessions_lost", of.sessions_lost_total}};
}

json json_of(const statement_snapshot& of) {
  const double total = std::chrono::duration<double>{of.total}.count();
  return {{"name", of.name},
          {"count", of.count},
          {"failed", of.failed},
          {"total_s", total},
          {"mean_ms", of.count == 0 ? 0.0 : 1e3 * total / static_cast<double>(of.count)},
          {"p99_ms", milliseconds_of(of.p99)}};
}

// The first of them, and all others as one.
json statements_of(const std::vector<statement_snapshot>& all) {
  json shown = json::array();
  statement_snapshot rest;
  rest.name = "(other)";
  for (std::size_t i = 0; i < all.size(); ++i) {
    const bool fits = all.size() <= most_statements || i + 1 < most_statements;
    if (fits && all[i].name != rest.name)
      shown.push_back(json_of(all[i]));
    else
      add_to(rest, all[i]);
  }
  if (rest.count > 0)
    shown.push_back(json_of(rest));
  return shown;
}

json holders_of(const std::vector<connection_holder>& all) {
  json shown = json::array();
  for (const connection_holder& each : all)
    shown.push_back({{"connection", each.connection},
                     {"what", each.what},
                     {"query_id", each.query_id},
                     {"age_ms", each.age.count()}});
  return shown;
}

json json_of(const database_snapshot& of) {
  return {
      {"name", of.name},
      {"problem", of.problem},
      {"pool", pool_of(of)},
      {"queue",
       {{"waiting", of.waiting},
        {"length", of.queue_length},
        {"longest_wait_ms", of.longest_wait.count()}}},
      {"circuit", circuit_of(of.circuit)},
      {"server", server_of(of.server)},
      {"totals", totals_of(of)},
      {"healed",
       {{"names_taken", of.healed.names_taken},
        {"names_unknown", of.healed.names_unknown},
        {"stale_plans", of.healed.stale_plans}}},
      {"statement_cache",
       {{"hits", of.cache.hits}, {"misses", of.cache.misses}, {"evictions", of.cache.evictions}}},
      {"latency",
       {{"acquire", json_of(of.acquire)},
        {"execute", json_of(of.execute)},
        {"connect", json_of(of.connect)}}},
      {"batch_size", json_of(of.batch_size)},
      {"statements", statements_of(of.statements)},
      {"holders", holders_of(of.holders)},
      {"last_connect_error", of.last_connect_error}};
}

json json_of(const child_snapshot& of) {
  json children = json::array();
  for (const child_snapshot& each : of.children)
    children.push_back(json_of(each));
  return {{"name", of.name},
          {"kind", of.kind},
          {"state", to_string(of.state)},
          {"since", utc_text(of.since)},
          {"restarts_total", of.restarts_total},
          {"last_reason", of.last_reason},
          {"children", std::move(children)}};
}

json json_of(const reload_snapshot& of) {
  json last = nullptr;
  if (of.last)
    last = {{"at", utc_text(of.last->at)},
            {"applied", of.last->applied},
            {"trigger", of.last->trigger},
            {"reason", of.last->reason},
            {"changes", of.last->changes}};
  return {{"applied_total", of.applied_total},
          {"refused_total", of.refused_total},
          {"last", std::move(last)}};
}

// What a service calls things is not our choice, and need not be UTF-8.
std::string dumped(const json& what) {
  return what.dump(-1, ' ', false, json::error_handler_t::replace);
}

} // namespace

std::string utc_text(std::chrono::system_clock::time_point when) {
  const auto whole = std::chrono::floor<std::chrono::seconds>(when);
  const auto part = std::chrono::duration_cast<milliseconds>(when - whole);
  return fmt::format("{:%Y-%m-%dT%H:%M:%S}.{:03}Z",
                     fmt::gmtime(std::chrono::system_clock::to_time_t(whole)), part.count());
}

std::string readiness_json(const runtime_snapshot& what) {
  return dumped(json{{"ready", what.ready}, {"not_ready_because", what.not_ready_because}});
}

std::string snapshot_json(const runtime_snapshot& what) {
  json databases = json::array();
  for (const database_snapshot& each : what.databases)
    databases.push_back(json_of(each));
  json first_answer = nullptr;
  if (what.first_answer)
    first_answer =
        std::chrono::duration_cast<std::chrono::milliseconds>(*what.first_answer).count();
  return dumped(json{{"service", what.service},
                     {"version", what.version},
                     {"profile", what.profile},
                     {"pid", what.pid},
                     {"host", what.host},
                     {"time", utc_text(what.time)},
                     {"started", utc_text(what.started)},
                     {"uptime_ms", what.uptime.count()},
                     {"first_answer_ms", std::move(first_answer)},
                     {"ready", what.ready},
                     {"not_ready_because", what.not_ready_because},
                     {"failure", what.failure},
                     {"reload", json_of(what.reload)},
                     {"databases", std::move(databases)},
                     {"tree", json_of(what.tree)}});
}

} // namespace freehold
