#include "runtime/last_good_cache.hpp"

namespace freehold {

void last_good_cache::keep(std::string key, result_set rows, const fallback_options& limits,
                           time_point now) {
  if (const auto known = by_key_.find(key); known != by_key_.end())
    drop(known->second);
  const std::size_t bytes = sizeof(entry) + key.size() + rows.bytes();
  if (limits.cache_entries == 0 || bytes > limits.cache_size)
    return;
  entries_.push_front({std::move(key), std::move(rows), now, bytes});
  by_key_.emplace(entries_.front().key, entries_.begin());
  bytes_ += bytes;
  while (entries_.size() > limits.cache_entries || bytes_ > limits.cache_size)
    drop(std::prev(entries_.end()));
}

std::optional<last_good_cache::answer>
last_good_cache::find(const std::string& key, std::chrono::milliseconds oldest, time_point now) {
  const auto known = by_key_.find(key);
  if (known == by_key_.end())
    return std::nullopt;
  const entries::iterator which = known->second;
  if (now - which->at > oldest)
    return std::nullopt; // another request may be content with it
  entries_.splice(entries_.begin(), entries_, which);
  return answer{which->rows,
                std::chrono::duration_cast<std::chrono::milliseconds>(now - which->at)};
}

void last_good_cache::drop(entries::iterator which) {
  bytes_ -= which->bytes;
  by_key_.erase(which->key);
  entries_.erase(which);
}

} // namespace freehold
