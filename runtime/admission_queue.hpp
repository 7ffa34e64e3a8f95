// The bounded queue of requests that wait for a connection.
#pragma once

#include <cassert>
#include <chrono>
#include <cstddef>
#include <deque>
#include <utility>
#include <vector>

namespace freehold {

/// First in, first out. An item is whatever has to be answered in the end: the
/// queue never discards one by itself, it hands it back.
template <class T>
class admission_queue {
public:
  using time_point = std::chrono::steady_clock::time_point;

  explicit admission_queue(std::size_t limit) : limit_{limit} {}

  /// False, and `item` untouched, when the queue is at its limit.
  [[nodiscard]] bool push(T&& item, time_point now) {
    if (full())
      return false;
    waiting_.push_back(entry{std::move(item), now});
    return true;
  }
  [[nodiscard]] bool push(const T& item, time_point now) { return push(T{item}, now); }

  [[nodiscard]] bool empty() const noexcept { return waiting_.empty(); }
  [[nodiscard]] bool full() const noexcept { return waiting_.size() >= limit_; }
  [[nodiscard]] std::size_t size() const noexcept { return waiting_.size(); }
  [[nodiscard]] std::size_t limit() const noexcept { return limit_; }

  [[nodiscard]] T& front() {
    assert(!empty());
    return waiting_.front().item;
  }
  [[nodiscard]] const T& front() const {
    assert(!empty());
    return waiting_.front().item;
  }

  T pop() {
    assert(!empty());
    T item = std::move(waiting_.front().item);
    waiting_.pop_front();
    return item;
  }

  /// When the front was pushed: what queueing delay is measured from.
  [[nodiscard]] time_point oldest() const {
    assert(!empty());
    return waiting_.front().since;
  }

  /// Takes out each item for which `pred(const T&)` holds and hands it to
  /// `sink(T&&)`, in order; the others keep theirs. All are out before the
  /// first is handed over, so a sink may push.
  template <class Pred, class Sink>
  void remove_if(Pred pred, Sink sink) {
    std::vector<T> removed;
    std::deque<entry> kept;
    for (entry& candidate : waiting_) {
      if (pred(std::as_const(candidate.item)))
        removed.push_back(std::move(candidate.item));
      else
        kept.push_back(std::move(candidate));
    }
    waiting_ = std::move(kept);
    for (T& item : removed)
      sink(std::move(item));
  }

  /// A lower limit refuses new items; those that wait already stay.
  void set_limit(std::size_t limit) noexcept { limit_ = limit; }

private:
  struct entry {
    T item;
    time_point since;
  };

  std::size_t limit_;
  std::deque<entry> waiting_;
};

} // namespace freehold
