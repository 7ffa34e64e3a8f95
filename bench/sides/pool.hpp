// The pool that most services write: a mutex, a condition, and who comes first.
#pragma once

#include "bench/sides/open_all.hpp"

#include <condition_variable>
#include <memory>
#include <mutex>
#include <utility>
#include <vector>

namespace bench {

template <class Connection>
class pool {
public:
  template <class Open>
  pool(std::size_t size, Open open) : idle_{open_all(size, open)} {}

  /// A connection that goes back when this ends.
  class borrowed {
  public:
    explicit borrowed(pool& from) : from_{from}, connection_{from.take()} {}
    borrowed(const borrowed&) = delete;
    borrowed& operator=(const borrowed&) = delete;
    ~borrowed() { from_.give(std::move(connection_)); }
    Connection& operator*() const { return *connection_; }

  private:
    pool& from_;
    std::unique_ptr<Connection> connection_;
  };

private:
  std::unique_ptr<Connection> take() {
    std::unique_lock lock{mutex_};
    returned_.wait(lock, [this] { return !idle_.empty(); });
    std::unique_ptr<Connection> one = std::move(idle_.back());
    idle_.pop_back();
    return one;
  }
  void give(std::unique_ptr<Connection> one) {
    {
      const std::lock_guard lock{mutex_};
      idle_.push_back(std::move(one));
    }
    returned_.notify_one();
  }

  std::mutex mutex_;
  std::condition_variable returned_;
  std::vector<std::unique_ptr<Connection>> idle_;
};

} // namespace bench
