// What the supervisor tells people: snapshots, and why there is no connection.

#include "actors/supervisor.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace freehold {

using std::chrono::milliseconds;

std::vector<connection_holder> pool_supervisor::holders(time_point at) const {
  std::vector<connection_holder> all;
  for (const auto& [id, m] : members_) {
    const request* what = m.held_since         ? m.holder.get()
                          : m.assigned.empty() ? nullptr
                                               : m.assigned.front().get();
    if (what == nullptr && !m.held_since)
      continue;
    const time_point from = m.held_since ? *m.held_since : what->submitted;
    all.push_back({id, what != nullptr ? what->name() : "lease",
                   what != nullptr ? format_query_id(what->id) : std::string{},
                   std::chrono::duration_cast<milliseconds>(at - from)});
  }
  std::sort(all.begin(), all.end(),
            [](const connection_holder& a, const connection_holder& b) { return a.age > b.age; });
  return all;
}

std::string pool_supervisor::exhaustion(time_point at) const {
  const pool_counts counts = ledger_->counts();
  std::string text = fmt::format("{} of at most {} connections to \"{}\" are open, {} idle, {} "
                                 "connecting",
                                 counts.usable(), context_->options.pool.max_connections,
                                 totals_.name, counts.idle, counts.connecting);
  const std::vector<connection_holder> busy = holders(at);
  constexpr std::size_t shown = 5;
  for (std::size_t i = 0; i < std::min(busy.size(), shown); ++i) {
    text += fmt::format("{} {} [{}] for {} ms", i == 0 ? "; held by" : ",", busy[i].what,
                        busy[i].query_id, busy[i].age.count());
  }
  if (busy.size() > shown)
    text += fmt::format(" and {} more", busy.size() - shown);
  if (!totals_.last_connect_error.empty()) {
    text += "; last connect error: " + totals_.last_connect_error;
  } else if (counts.usable() >= context_->options.pool.max_connections) {
    text += "; raise pool.max_connections, or hold connections for less time";
  }
  return text;
}

database_snapshot pool_supervisor::snapshot() const {
  const time_point at = now();
  const pool_counts counts = ledger_->counts();
  database_snapshot shown = totals_;
  shown.connecting = counts.connecting;
  shown.idle = counts.idle;
  shown.busy = counts.busy;
  shown.exclusive = counts.exclusive;
  shown.leased = counts.leased;
  shown.draining = counts.draining;
  shown.max_connections = context_->options.pool.max_connections;
  shown.waiting = waiting();
  shown.queue_length = queue_length();
  for (const auto* queue : {&shared_, &alone_}) {
    if (queue->empty())
      continue;
    shown.longest_wait = std::max(shown.longest_wait,
                                  std::chrono::duration_cast<milliseconds>(at - queue->oldest()));
  }
  shown.min_connections = context_->options.pool.min_connections;
  shown.circuit = circuit(at);
  shown.holders = holders(at);
  show_sessions(shown);
  statistics_.show(shown);
  const side_counters& beside = *context_->counters;
  shown.failed_total += beside.given_up.load(std::memory_order_relaxed);
  shown.fallbacks_total = beside.fallbacks.load(std::memory_order_relaxed);
  return shown;
}

// What the sessions have counted, those that are gone included.
void pool_supervisor::show_sessions(database_snapshot& in) const {
  in.healed = healed_before_;
  in.cache = cache_before_;
  for (const auto& [id, m] : members_) {
    in.healed.names_taken += m.healed.names_taken;
    in.healed.names_unknown += m.healed.names_unknown;
    in.healed.stale_plans += m.healed.stale_plans;
    in.cache.hits += m.cache.hits;
    in.cache.misses += m.cache.misses;
    in.cache.evictions += m.cache.evictions;
    in.named_sessions += m.mode == statement_mode::named ? 1 : 0;
    in.unnamed_sessions += m.mode == statement_mode::unnamed ? 1 : 0;
  }
}

} // namespace freehold
