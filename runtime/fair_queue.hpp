// The bounded queue of requests that wait for a connection.
#pragma once

#include "runtime/standing_delay.hpp"

#include <freehold/config.hpp>
#include <freehold/transaction.hpp>

#include <algorithm>
#include <array>
#include <cassert>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <list>
#include <optional>
#include <unordered_map>
#include <utility>
#include <vector>

namespace freehold {

/// On whose behalf something waits; 0 stands for everybody without a key.
using flow_id = std::uint64_t;

/// First by priority; among equals the flows take turns, one item each, as in
/// Nagle's fair queueing (https://datatracker.ietf.org/doc/html/rfc970); within a
/// flow first in, first out. With one flow and one priority it is a plain queue.
///
/// An item is whatever has to be answered in the end: the queue never discards
/// one by itself, it hands it back.
template <class T>
class fair_queue {
public:
  using time_point = std::chrono::steady_clock::time_point;

  fair_queue() = default;
  fair_queue(const fair_queue&) = delete;
  fair_queue& operator=(const fair_queue&) = delete;

  /// Where an item belongs.
  struct place {
    freehold::priority priority = freehold::priority::normal;
    flow_id flow = 0;
  };

  void push(T item, place at, time_point now) {
    shelf& on = shelves_[index(at.priority)];
    line& to = line_of(on, at.flow);
    if (to.waiting.empty())
      on.turns.splice(on.turns.end(), to.parked);
    to.waiting.push_back({std::move(item), now});
    ++size_;
  }

  [[nodiscard]] bool empty() const noexcept { return size_ == 0; }
  [[nodiscard]] std::size_t size() const noexcept { return size_; }

  /// The next in turn.
  [[nodiscard]] T& front() {
    assert(!empty());
    return next_shelf().turns.front()->waiting.front().item;
  }

  /// Takes the next in turn.
  T pop(const shedding_options& shedding, time_point now) {
    assert(!empty());
    shelf& from = next_shelf();
    line& of = *from.turns.front();
    entry taken = std::move(of.waiting.front());
    of.waiting.pop_front();
    --size_;
    of.delay.left(now - taken.since, shedding, now);
    if (of.waiting.empty())
      retire(from, of);
    else if (from.turns.size() > 1)
      from.turns.splice(from.turns.end(), from.turns, from.turns.begin());
    return std::move(taken.item);
  }

  /// When the one that waits longest was pushed.
  [[nodiscard]] time_point oldest() const {
    time_point found = time_point::max();
    for (const shelf& each : shelves_)
      for (const line* of : each.turns)
        found = std::min(found, of->waiting.front().since);
    return found;
  }

  /// Whether one that arrives there now is to be refused to keep the latency of
  /// the others (`standing_delay`). What is critical never is.
  [[nodiscard]] bool refuses(place at, const shedding_options& shedding, time_point now) {
    if (!shedding.enabled || at.priority == priority::critical || empty())
      return false;
    line* const of = find(shelves_[index(at.priority)], at.flow);
    return of != nullptr && !of->waiting.empty() &&
           of->delay.refuses(now - of->waiting.front().since, shedding, now);
  }

  /// How much more than the others somebody waits here: the least important
  /// priority that has anything, and the length of its longest line.
  struct weight {
    freehold::priority priority = freehold::priority::critical;
    std::size_t length = 0;
    flow_id flow = 0;
  };
  [[nodiscard]] weight heaviest() const {
    for (std::size_t i = shelves_.size(); i-- > 0;) {
      weight found{static_cast<priority>(i), 0, 0};
      for (const line* of : shelves_[i].turns) {
        if (of->waiting.size() > found.length)
          found = {found.priority, of->waiting.size(), of->flow};
      }
      if (found.length > 0)
        return found;
    }
    return {};
  }
  /// Items of one flow and priority.
  [[nodiscard]] std::size_t length(place at) const {
    const line* const of = find(shelves_[index(at.priority)], at.flow);
    return of == nullptr ? 0 : of->waiting.size();
  }
  /// Takes the newest of the heaviest line: it has lost the least by waiting.
  T take_from(const weight& heavy) {
    shelf& from = shelves_[index(heavy.priority)];
    line& of = *find(from, heavy.flow);
    T taken = std::move(of.waiting.back().item);
    of.waiting.pop_back();
    --size_;
    if (of.waiting.empty())
      retire(from, of);
    return taken;
  }

  /// Takes out each item for which `pred(const T&)` holds and hands it to
  /// `sink(T&&)`; the others keep their places. All are out before the first is
  /// handed over, so a sink may push.
  template <class Pred, class Sink>
  void remove_if(Pred pred, Sink sink) {
    std::vector<T> removed;
    for (shelf& each : shelves_) {
      for (auto turn = each.turns.begin(); turn != each.turns.end();) {
        line& of = **turn++;
        std::erase_if(of.waiting, [&](entry& candidate) {
          if (!pred(std::as_const(candidate.item)))
            return false;
          removed.push_back(std::move(candidate.item));
          return true;
        });
        if (of.waiting.empty())
          retire(each, of);
      }
    }
    size_ -= removed.size();
    for (T& item : removed)
      sink(std::move(item));
  }

private:
  struct entry {
    T item;
    time_point since;
  };
  /// Those of one flow and priority.
  struct line {
    line() = default;
    line(const line&) = delete;
    line& operator=(const line&) = delete;
    flow_id flow = 0;
    std::deque<entry> waiting;
    standing_delay delay;
    std::list<line*> parked{this}; // its turn, while nobody waits in it
    typename std::list<line*>::iterator turn = parked.begin();
  };
  /// Those of one priority.
  struct shelf {
    std::list<line*> turns; // the lines in which somebody waits, the next first
    line common;            // of flow 0, which need not be looked up
    std::unordered_map<flow_id, line> keyed;
  };

  static std::size_t index(priority value) noexcept { return static_cast<std::size_t>(value); }

  shelf& next_shelf() {
    for (shelf& each : shelves_)
      if (!each.turns.empty())
        return each;
    return shelves_.back(); // not reached: the queue is not empty
  }

  static line& line_of(shelf& on, flow_id flow) {
    if (flow == 0)
      return on.common;
    line& found = on.keyed[flow];
    found.flow = flow;
    return found;
  }
  static line* find(shelf& on, flow_id flow) {
    return const_cast<line*>(find(std::as_const(on), flow));
  }
  static const line* find(const shelf& on, flow_id flow) {
    if (flow == 0)
      return &on.common;
    const auto found = on.keyed.find(flow);
    return found == on.keyed.end() ? nullptr : &found->second;
  }

  // Nobody waits in it any more.
  static void retire(shelf& on, line& of) {
    of.parked.splice(of.parked.end(), on.turns, of.turn);
    of.delay.emptied();
    if (of.flow != 0)
      on.keyed.erase(of.flow);
  }

  std::array<shelf, 3> shelves_; // by priority
  std::size_t size_ = 0;
};

} // namespace freehold
