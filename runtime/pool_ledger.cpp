#include "runtime/pool_ledger.hpp"

#include <algorithm>
#include <cassert>
#include <iterator>
#include <limits>

namespace freehold {
namespace {

// In `loads_`: a connection that is not to be fed. Larger than any depth.
constexpr std::uint32_t closed_load = std::numeric_limits<std::uint32_t>::max();

std::size_t rank(connection_state value) noexcept {
  return static_cast<std::size_t>(value);
}

} // namespace

std::string_view to_string(connection_state value) noexcept {
  static constexpr std::string_view texts[]{"connecting", "idle",   "busy",
                                            "exclusive",  "leased", "draining"};
  static_assert(std::size(texts) == static_cast<std::size_t>(connection_state::draining) + 1);
  return texts[rank(value)];
}

pool_ledger::pool_ledger(const pool_options& options, std::uint64_t seed)
    : options_{options}, engine_{seed} {}

connection_id pool_ledger::add(time_point now) {
  ids_.push_back(next_);
  loads_.push_back(closed_load);
  slots_.push_back(slot{.since = now});
  ++by_state_[rank(connection_state::connecting)];
  return next_++;
}

void pool_ledger::ready(connection_id id, time_point now) {
  const std::size_t index = at(id);
  assert(slots_[index].does == activity::connecting);
  slots_[index].connected = now;
  slots_[index].vary = std::uniform_real_distribution<double>{-1.0, 1.0}(engine_);
  rest(index, now);
}

void pool_ledger::remove(connection_id id) {
  const std::size_t index = at(id);
  withdraw(index);
  held_ -= is_held(slots_[index]) ? 1U : 0U;
  --by_state_[rank(shown(slots_[index]))];
  const auto offset = static_cast<std::ptrdiff_t>(index);
  ids_.erase(ids_.begin() + offset);
  loads_.erase(loads_.begin() + offset);
  slots_.erase(slots_.begin() + offset);
  if (reserved_ == id)
    reserved_.reset();
  place_reservation();
}

std::optional<connection_id> pool_ledger::pick_shared(std::size_t depth) const {
  if (!idle_.empty() && by_state_[rank(connection_state::busy)] < spread_)
    return idle_.back();
  const std::size_t index = shortest_pipeline();
  if (index < loads_.size() && loads_[index] < std::min(depth, options_.pipeline_depth))
    return ids_[index];
  return idle_.empty() ? std::nullopt : std::optional{idle_.back()};
}

std::optional<connection_id> pool_ledger::pick_exclusive(time_point now, time_point open_before) {
  if (!may_hold_another())
    return std::nullopt;
  const bool reserved_is_idle = reserved_ && slots_[at(*reserved_)].does == activity::idle;
  if (!reserved_is_idle && idle_.empty())
    return std::nullopt;
  const auto witness = std::find_if(idle_.rbegin(), idle_.rend(), [&](connection_id each) {
    return slots_[at(each)].connected < open_before;
  });
  const connection_id id = reserved_is_idle          ? *reserved_
                           : witness != idle_.rend() ? *witness
                                                     : idle_.back();
  const std::size_t index = at(id);
  cancel_reservation(); // what it was for is here
  withdraw(index);
  ++held_;
  enter(index, activity::exclusive, now);
  return id;
}

void pool_ledger::reserve_one() {
  reservation_wanted_ = true;
  place_reservation();
}

void pool_ledger::cancel_reservation() {
  reservation_wanted_ = false;
  if (!reserved_)
    return;
  const std::size_t index = at(*reserved_);
  reserved_.reset();
  if (slots_[index].does == activity::idle)
    offer(index);
  update_load(index);
}

void pool_ledger::assigned(connection_id id, std::size_t n) {
  if (n == 0)
    return;
  const std::size_t index = at(id);
  slot& value = slots_[index];
  assert(value.does != activity::connecting);
  value.in_flight += static_cast<std::uint32_t>(n);
  if (value.does == activity::idle) {
    withdraw(index);
    enter(index, activity::busy, value.since);
  } else {
    update_load(index);
  }
}

void pool_ledger::settled(connection_id id, std::size_t n, time_point now) {
  if (n == 0)
    return;
  const std::size_t index = at(id);
  slot& value = slots_[index];
  assert(n <= value.in_flight);
  value.in_flight -= static_cast<std::uint32_t>(n);
  if (value.in_flight > 0 || value.does == activity::leased) {
    update_load(index);
    return;
  }
  held_ -= is_held(value) ? 1U : 0U;
  rest(index, now);
}

void pool_ledger::lease(connection_id id, time_point now) {
  const std::size_t index = at(id);
  assert(slots_[index].does == activity::exclusive);
  enter(index, activity::leased, now);
}

void pool_ledger::released(connection_id id, time_point now) {
  const std::size_t index = at(id);
  assert(is_held(slots_[index]) && slots_[index].in_flight == 0);
  --held_;
  rest(index, now);
}

void pool_ledger::drain(connection_id id) {
  const std::size_t index = at(id);
  slot& value = slots_[index];
  if (value.draining)
    return;
  withdraw(index);
  --by_state_[rank(shown(value))];
  value.draining = true;
  ++by_state_[rank(shown(value))];
  update_load(index);
  if (reserved_ == id)
    reserved_.reset();
  place_reservation();
}

void pool_ledger::reconfigure(const pool_options& options) {
  options_ = options;
  place_reservation();
}

std::size_t pool_ledger::at(connection_id id) const {
  const auto found = std::lower_bound(ids_.begin(), ids_.end(), id);
  assert(found != ids_.end() && *found == id);
  return static_cast<std::size_t>(found - ids_.begin());
}

bool pool_ledger::is_held(const slot& value) noexcept {
  return value.does == activity::exclusive || value.does == activity::leased;
}

connection_state pool_ledger::shown(const slot& value) noexcept {
  if (value.draining)
    return connection_state::draining;
  switch (value.does) {
  case activity::connecting:
    return connection_state::connecting;
  case activity::idle:
    return connection_state::idle;
  case activity::busy:
    return connection_state::busy;
  case activity::exclusive:
    return connection_state::exclusive;
  case activity::leased:
    return connection_state::leased;
  }
  return connection_state::draining;
}

bool pool_ledger::may_hold_another() const noexcept {
  return held_ < std::max<std::size_t>(options_.max_connections, 2) - 1;
}

// `loads_.size()` when there is none to be fed.
std::size_t pool_ledger::shortest_pipeline() const noexcept {
  std::size_t best = loads_.size();
  std::uint32_t least = closed_load;
  for (std::size_t index = 0; index < loads_.size(); ++index)
    if (loads_[index] < least) {
      least = loads_[index];
      best = index;
    }
  return best;
}

void pool_ledger::enter(std::size_t index, activity next, time_point now) {
  slot& value = slots_[index];
  --by_state_[rank(shown(value))];
  value.does = next;
  value.since = now;
  ++by_state_[rank(shown(value))];
  update_load(index);
}

void pool_ledger::rest(std::size_t index, time_point now) {
  enter(index, activity::idle, now);
  if (!slots_[index].draining && reserved_ != ids_[index])
    offer(index);
  place_reservation();
}

// The stack is ordered by the time since when its connections are idle. All but
// a connection whose reservation was cancelled belong on top.
void pool_ledger::offer(std::size_t index) {
  const auto longer = [this](connection_id other, time_point since) {
    return slots_[at(other)].since <= since;
  };
  auto place = idle_.end();
  while (place != idle_.begin() && !longer(*std::prev(place), slots_[index].since))
    --place;
  idle_.insert(place, ids_[index]);
}

void pool_ledger::withdraw(std::size_t index) {
  const auto found = std::find(idle_.rbegin(), idle_.rend(), ids_[index]);
  if (found != idle_.rend())
    idle_.erase(std::prev(found.base()));
}

void pool_ledger::update_load(std::size_t index) {
  const slot& value = slots_[index];
  const bool open = value.does == activity::busy && !value.draining && reserved_ != ids_[index];
  loads_[index] = open ? value.in_flight : closed_load;
}

void pool_ledger::place_reservation() {
  if (!reservation_wanted_ || reserved_ || !may_hold_another())
    return;
  if (!idle_.empty()) {
    reserved_ = idle_.back();
    idle_.pop_back();
  } else if (const std::size_t index = shortest_pipeline(); index < ids_.size()) {
    reserved_ = ids_[index];
    update_load(index);
  }
}

} // namespace freehold
