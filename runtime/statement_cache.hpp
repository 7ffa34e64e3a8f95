// The prepared statements of one session: which exist, under which name, and
// which to give up when there are too many.
#pragma once

#include <freehold/statement.hpp>
#include <freehold/stats.hpp>

#include <cstddef>
#include <cstdint>
#include <list>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace freehold {

/// A server-side name. `name` stays valid until the batch ends, also when the
/// statement is forgotten before that.
struct cached_name {
  const std::string* name;
  bool fresh; ///< to be prepared before its first use
};

/// A least-recently-used set of names, "fh_<content hash>_<nonce>_<generation>".
///
/// The generation counts through the whole life of the session, so no name is
/// ever used twice: a statement that was evicted, lost or refused comes back
/// under a new name and nothing depends on what became of the old one. Two SQL
/// texts with one content hash get two names.
///
/// A *batch* is what is under way in one pipeline; `end_batch` is called when
/// nothing is. Names used in the current batch are not evicted, because the
/// server has yet to execute them.
class statement_cache {
public:
  /// `capacity`: names at once, 0 for none. `sql_limit`: bytes of the longest
  /// SQL text that gets a name. `nonce`: this session's own, at most 22 bytes,
  /// so that a name fits PostgreSQL's 63 (NAMEDATALEN - 1).
  statement_cache(std::size_t capacity, std::size_t sql_limit, std::string nonce);

  /// The name of a statement, or nullopt when it has to run unnamed: the SQL is
  /// longer than the limit, or there is no room that may be made. Names to be
  /// closed before it is prepared are appended to `evicted`. A hit does not
  /// allocate. `fresh` is set once a batch for a statement that the server does
  /// not have yet; if the batch ends without `confirm`, it is set again.
  [[nodiscard]] std::optional<cached_name> name_for(const statement& s,
                                                    std::vector<std::string>& evicted);

  /// The server acknowledged the Parse.
  void confirm(const statement& s);
  /// The Parse failed, or the server lost the name (26000): the next use
  /// prepares again, under a new name. With `name`, only if that is still the
  /// statement's name: several requests of one batch may report one loss.
  void forget(const statement& s, std::string_view name = {});
  /// The server says that the name is taken (42P05): the next use takes another.
  void rename(const statement& s, std::string_view name = {});
  /// A sibling session reported a stale plan: closes the name and prepares anew
  /// at the next use. True if there was one. Call it between batches, or send
  /// the Close after what is under way.
  bool drop(std::uint64_t content_hash, std::vector<std::string>& evicted);

  /// Behind a pooler that tracks statements names cannot be closed: when full,
  /// further statements run unnamed.
  void set_eviction(bool allowed) noexcept { eviction_allowed_ = allowed; }

  /// Nothing is under way any more.
  void end_batch();
  /// The server's names are all gone (DISCARD ALL, a replaced backend).
  void clear();

  [[nodiscard]] std::size_t size() const noexcept { return names_.size(); }
  [[nodiscard]] std::uint64_t hits() const noexcept { return hits_; }
  /// Calls that made a new name or had to go without one.
  [[nodiscard]] std::uint64_t misses() const noexcept { return misses_; }
  [[nodiscard]] statement_cache_counts counts() const noexcept {
    return {hits_, misses_, evictions_};
  }

private:
  struct entry {
    statement what;
    std::string name;
    std::uint64_t used_in; ///< batch of the latest use
    bool confirmed = false;
  };
  using entries = std::list<entry>;
  using index = std::unordered_multimap<std::uint64_t, entries::iterator>;

  [[nodiscard]] index::iterator find(const statement& s);
  [[nodiscard]] bool make_room(std::vector<std::string>& evicted);
  [[nodiscard]] std::string new_name(std::uint64_t content_hash);
  void retire(index::iterator found);

  std::size_t capacity_;
  std::size_t sql_limit_;
  std::string nonce_;
  bool eviction_allowed_ = true;
  std::uint64_t batch_ = 1;
  std::uint64_t generation_ = 0;
  std::uint64_t hits_ = 0;
  std::uint64_t misses_ = 0;
  std::uint64_t evictions_ = 0;
  entries names_;   ///< most recently used first
  entries retired_; ///< out of use, kept for the pointers given out in this batch
  index by_hash_;
};

} // namespace freehold
