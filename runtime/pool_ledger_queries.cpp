// What the ledger answers; what changes it is in pool_ledger.cpp.
#include "runtime/pool_ledger.hpp"

#include <algorithm>
#include <cassert>

namespace freehold {

bool pool_ledger::drained(connection_id id) const {
  const slot& value = slots_[at(id)];
  return value.draining && value.in_flight == 0 && !is_held(value);
}

std::vector<connection_id> pool_ledger::due_for_retirement(time_point now) const {
  std::vector<connection_id> due;
  for (std::size_t index = 0; index < slots_.size(); ++index)
    if (const auto end = expiry(slots_[index]); end && *end <= now)
      due.push_back(ids_[index]);
  const std::size_t keep = options_.min_connections + due.size();
  const std::size_t usable = counts().usable();
  std::size_t surplus = usable > keep ? usable - keep : 0;
  for (const connection_id id : idle_) {
    const slot& value = slots_[at(id)];
    if (surplus == 0 || options_.idle_timeout.count() == 0 ||
        value.since + options_.idle_timeout > now)
      break;
    if (const auto end = expiry(value); end && *end <= now)
      continue; // it is among them already
    due.push_back(id);
    --surplus;
  }
  if (usable - due.size() > options_.max_connections)
    add_those_above_maximum(due);
  return due;
}

void pool_ledger::add_those_above_maximum(std::vector<connection_id>& due) const {
  const std::size_t usable = counts().usable();
  const auto add = [&](connection_id id) {
    const slot& value = slots_[at(id)];
    const bool stays = !value.draining && value.does != activity::connecting &&
                       std::find(due.begin(), due.end(), id) == due.end();
    if (stays && usable - due.size() > options_.max_connections)
      due.push_back(id);
  };
  std::for_each(idle_.begin(), idle_.end(), add);
  std::for_each(ids_.begin(), ids_.end(), add);
}

std::optional<pool_ledger::time_point> pool_ledger::next_event() const {
  std::optional<time_point> earliest;
  const auto consider = [&](time_point when) {
    earliest = earliest ? std::min(*earliest, when) : when;
  };
  for (const slot& value : slots_)
    if (const auto end = expiry(value))
      consider(*end);
  const bool surplus = counts().usable() > options_.min_connections;
  if (surplus && options_.idle_timeout.count() > 0 && !idle_.empty())
    consider(slots_[at(idle_.front())].since + options_.idle_timeout);
  if (counts().usable() > options_.max_connections)
    consider(time_point::min()); // at once
  return earliest;
}

bool pool_ledger::contains(connection_id id) const noexcept {
  return std::binary_search(ids_.begin(), ids_.end(), id);
}

connection_state pool_ledger::state(connection_id id) const {
  return shown(slots_[at(id)]);
}

pool_ledger::time_point pool_ledger::since(connection_id id) const {
  return slots_[at(id)].since;
}

std::size_t pool_ledger::in_flight(connection_id id) const {
  return slots_[at(id)].in_flight;
}

std::size_t pool_ledger::in_pipelines() const noexcept {
  std::size_t sum = 0;
  for (const slot& each : slots_)
    sum += each.does == activity::busy ? each.in_flight : 0;
  return sum;
}

pool_counts pool_ledger::counts() const noexcept {
  return {.connecting = by_state_[0],
          .idle = by_state_[1],
          .busy = by_state_[2],
          .exclusive = by_state_[3],
          .leased = by_state_[4],
          .draining = by_state_[5]};
}

// When its lifetime ends; nullopt: it does not, has not begun, or ended already.
std::optional<pool_ledger::time_point> pool_ledger::expiry(const slot& value) const {
  if (value.does == activity::connecting || value.draining || options_.max_lifetime.count() == 0)
    return std::nullopt;
  const std::chrono::duration<double, std::milli> life =
      options_.max_lifetime * (1.0 + options_.lifetime_jitter * value.vary);
  return value.connected + std::chrono::duration_cast<std::chrono::milliseconds>(life);
}

} // namespace freehold
