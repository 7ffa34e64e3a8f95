// What belongs to one session beside its connection.
#pragma once

#include "runtime/session.hpp"
#include "runtime/statement_cache.hpp"

#include <freehold/stats.hpp>

#include <cstdint>
#include <deque>
#include <string>
#include <vector>

namespace freehold {

/// Whether the server contradicts what the session believed of its statements. No
/// other reply, a skipped command's for one, says anything about them.
[[nodiscard]] inline bool is_surprise(const session_reply& reply) noexcept {
  return reply.why && surprise_of(*reply.why) != statement_surprise::none;
}

/// The statement namespace of a session and what it knows of its server. Owned
/// by the connection actor, used by whatever executes on the session.
struct session_state {
  session_state(const statement_options& options, std::string nonce)
      : names{options.cache_size, options.cache_sql_limit, std::move(nonce)} {}

  statement_cache names;
  server_traits server;
  session::time_point opened{}; ///< when it was ready
  heal_counts healed;
  /// After this many surprises the session stops naming statements.
  static constexpr std::uint64_t most_surprises = 10;
  /// Content hashes of statements whose plans went stale, to tell the siblings.
  std::vector<std::uint64_t> stale;
  /// Names that nothing uses and the server may still have: they are closed
  /// before another is prepared.
  std::vector<std::string> unclosed;
  std::string lost_because;  ///< set when the session has ended
  bool blames_server = true; ///< its end speaks of the server's health

  [[nodiscard]] bool lost() const noexcept { return !lost_because.empty(); }
  void lose(std::string why, bool server_to_blame = true) {
    if (lost())
      return;
    lost_because = why.empty() ? "the connection ended" : std::move(why);
    blames_server = server_to_blame;
  }
  void lose(const server_error& why);
  /// A write was refused as read-only. Unless the session began on a standby, its
  /// server is not the primary any more: it is given up, to look for the primary.
  bool role_changed();

  /// The name to run a statement under, preparing it in the same pipeline if
  /// need be; null when it has to run unnamed. Sets `prepared` if a Prepare was
  /// queued, and counts the Close commands queued before it into `closes`.
  const std::string* name(session& on, const statement& what, bool& prepared, std::size_t& closes);
  /// The reply to one of those Close commands, in order. What was skipped is
  /// closed later, or it would stay on the server as long as the session.
  void close_answered(const session_reply& reply);
  /// Adapts to an error that contradicts what the session believed; false when
  /// it was none.
  bool heal(const statement& what, const std::string* under, const server_error& why);

private:
  std::deque<std::string> closing_; // without a reply so far
};

/// Eight base-36 characters; two sessions behind one pooler must not share it.
[[nodiscard]] std::string session_nonce(std::uint64_t entropy);

/// Finds out what the session talks to, sets what a session of ours needs, and
/// leaves nothing behind on a pooled backend. Throws `connect_failure`.
/// Two round trips behind a pooler, one on a direct server.
[[nodiscard]] server_traits probe(session& on, const database_options& options,
                                  const std::string& nonce, session::time_point deadline);

} // namespace freehold
