#include "runtime/statement_cache.hpp"

#include <cassert>
#include <cstdio>
#include <utility>

namespace freehold {
namespace {

// "fh_" and 16 digits, two underscores, and 20 digits of a generation leave
// this much of PostgreSQL's 63 bytes to the nonce.
constexpr std::size_t longest_nonce = 63 - 3 - 16 - 2 - 20;

bool same_text(const statement& a, const statement& b) noexcept {
  return &a.sql() == &b.sql() || a.sql() == b.sql(); // copies share one description
}

} // namespace

statement_cache::statement_cache(std::size_t capacity, std::size_t sql_limit, std::string nonce)
    : capacity_{capacity}, sql_limit_{sql_limit}, nonce_{std::move(nonce)} {
  assert(!nonce_.empty() && nonce_.size() <= longest_nonce);
  by_hash_.reserve(capacity);
}

std::optional<cached_name> statement_cache::name_for(const statement& s,
                                                     std::vector<std::string>& evicted) {
  // Often the one that was used last, which need not be searched.
  if (!names_.empty() && &names_.front().what.sql() == &s.sql() && names_.front().confirmed) {
    names_.front().used_in = batch_;
    ++hits_;
    return cached_name{&names_.front().name, false};
  }
  index::iterator found = find(s);
  if (found != by_hash_.end()) {
    entry& known = *found->second;
    if (known.confirmed || known.used_in == batch_) {
      known.used_in = batch_;
      names_.splice(names_.begin(), names_, found->second);
      ++hits_;
      return cached_name{&known.name, false};
    }
    // Sent in an earlier batch and never acknowledged, so nothing is known of it.
    retire(found);
  }
  ++misses_;
  if (s.sql().size() > sql_limit_ || !make_room(evicted))
    return std::nullopt;
  names_.push_front(entry{s, new_name(s.content_hash()), batch_});
  by_hash_.emplace(s.content_hash(), names_.begin());
  return cached_name{&names_.front().name, true};
}

void statement_cache::confirm(const statement& s) {
  if (const index::iterator found = find(s); found != by_hash_.end())
    found->second->confirmed = true;
}

void statement_cache::forget(const statement& s, std::string_view name) {
  const index::iterator found = find(s);
  if (found != by_hash_.end() && (name.empty() || name == found->second->name))
    retire(found);
}

void statement_cache::rename(const statement& s, std::string_view name) {
  forget(s, name); // a new generation is a new name
}

bool statement_cache::drop(std::uint64_t content_hash, std::vector<std::string>& evicted) {
  bool any = false;
  for (auto found = by_hash_.find(content_hash); found != by_hash_.end();
       found = by_hash_.find(content_hash)) {
    if (eviction_allowed_)
      evicted.push_back(found->second->name);
    retire(found);
    any = true;
  }
  return any;
}

void statement_cache::end_batch() {
  ++batch_;
  retired_.clear();
}

void statement_cache::clear() {
  by_hash_.clear();
  retired_.splice(retired_.end(), names_);
}

statement_cache::index::iterator statement_cache::find(const statement& s) {
  auto [at, end] = by_hash_.equal_range(s.content_hash());
  for (; at != end; ++at)
    if (same_text(at->second->what, s))
      return at;
  return by_hash_.end();
}

bool statement_cache::make_room(std::vector<std::string>& evicted) {
  if (names_.size() < capacity_)
    return true;
  // The list is ordered by use: if its last entry belongs to the current batch,
  // all do.
  if (names_.empty() || !eviction_allowed_ || names_.back().used_in == batch_)
    return false;
  const index::iterator last = find(names_.back().what);
  evicted.push_back(names_.back().name);
  ++evictions_;
  retire(last);
  return true;
}

std::string statement_cache::new_name(std::uint64_t content_hash) {
  char hash[17];
  std::snprintf(hash, sizeof hash, "%016llx", static_cast<unsigned long long>(content_hash));
  return std::string{"fh_"} + hash + '_' + nonce_ + '_' + std::to_string(++generation_);
}

void statement_cache::retire(index::iterator found) {
  retired_.splice(retired_.end(), names_, found->second);
  by_hash_.erase(found);
}

} // namespace freehold
