// The latest good answers to requests that may be answered with them again.
#pragma once

#include <freehold/config.hpp>
#include <freehold/result_set.hpp>

#include <chrono>
#include <cstddef>
#include <list>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>

namespace freehold {

/// A least-recently-used set of answers, bounded in number and in bytes, keys
/// counted too. The rows are shared with whoever has them, not copied. A plain
/// value without a lock.
class last_good_cache {
public:
  using time_point = std::chrono::steady_clock::time_point;

  struct answer {
    result_set rows;
    std::chrono::milliseconds age;
  };

  /// Replaces what was known under the key, and drops what has been used least
  /// recently until the limits hold. What passes them alone is not kept.
  void keep(std::string key, result_set rows, const fallback_options& limits, time_point now);
  /// Nothing when there is none, or none so young.
  [[nodiscard]] std::optional<answer> find(const std::string& key, std::chrono::milliseconds oldest,
                                           time_point now);

  [[nodiscard]] std::size_t size() const noexcept { return entries_.size(); }
  [[nodiscard]] std::size_t bytes() const noexcept { return bytes_; }

private:
  struct entry {
    std::string key;
    result_set rows;
    time_point at;
    std::size_t bytes;
  };
  using entries = std::list<entry>;

  void drop(entries::iterator which);

  entries entries_; ///< most recently used first
  std::unordered_map<std::string_view, entries::iterator> by_key_;
  std::size_t bytes_ = 0;
};

/// The same for several threads. Only requests that ask for the latest good answer
/// come here.
class last_good_answers {
public:
  void limit(const fallback_options& limits) {
    const std::lock_guard lock{mutex_};
    limits_ = limits;
  }
  void keep(std::string key, result_set rows) {
    const std::lock_guard lock{mutex_};
    cache_.keep(std::move(key), std::move(rows), limits_, std::chrono::steady_clock::now());
  }
  [[nodiscard]] std::optional<last_good_cache::answer> find(const std::string& key,
                                                            std::chrono::milliseconds oldest) {
    const std::lock_guard lock{mutex_};
    return cache_.find(key, oldest, std::chrono::steady_clock::now());
  }

private:
  std::mutex mutex_;
  last_good_cache cache_;
  fallback_options limits_;
};

} // namespace freehold
