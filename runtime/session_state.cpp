#include "runtime/session_state.hpp"

#include <fmt/format.h>

namespace freehold {

std::string to_string(statement_mode value) {
  return value == statement_mode::named ? "named" : "unnamed";
}

const std::string* session_state::name(session& on, const statement& what, bool& prepared,
                                       std::size_t& closes) {
  prepared = false;
  if (server.mode == statement_mode::unnamed)
    return nullptr;
  // A pooler that tracks statements knows no DEALLOCATE of its names.
  names.set_eviction(!server.pooler);
  std::vector<std::string> evicted; // does not allocate while empty
  const std::optional<cached_name> found = names.name_for(what, evicted);
  if (found && found->fresh && !unclosed.empty()) {
    evicted.insert(evicted.end(), unclosed.begin(), unclosed.end());
    unclosed.clear();
  }
  for (std::string& old : evicted) {
    on.execute_unnamed("DEALLOCATE " + old, {});
    closing_.push_back(std::move(old));
    ++closes;
  }
  if (!found)
    return nullptr;
  if (found->fresh) {
    on.prepare(*found->name, what.sql());
    prepared = true;
  }
  return found->name;
}

void session_state::close_answered(const session_reply& reply) {
  const bool gone = reply.kind == reply_kind::result ||
                    (reply.kind == reply_kind::failed && reply.why->sqlstate == "26000");
  if (!gone)
    unclosed.push_back(std::move(closing_.front()));
  closing_.pop_front();
}

std::string session_nonce(std::uint64_t entropy) {
  std::string nonce;
  for (int i = 0; i < 8; ++i, entropy /= 36)
    nonce += "0123456789abcdefghijklmnopqrstuvwxyz"[entropy % 36];
  return nonce;
}

void session_state::lose(const server_error& why) {
  lose(why.sqlstate.empty() ? why.message : fmt::format("{} ({})", why.message, why.sqlstate),
       counts_against_server(why));
}

bool session_state::role_changed() {
  if (server.standby)
    return false;
  lose("the server has become read-only (25006); the primary is looked for again", false);
  return true;
}

bool session_state::heal(const statement& what, const std::string* under, const server_error& why) {
  const statement_surprise surprise = surprise_of(why);
  if (surprise == statement_surprise::none)
    return false;
  if (under != nullptr) {
    const std::size_t known = names.size();
    names.forget(what, *under);
    // Several requests of a batch may report one loss: it is healed, and counted, once.
    if (names.size() == known)
      return true;
    if (surprise == statement_surprise::stale_plan && !server.pooler)
      unclosed.push_back(*under); // the plan does not fit any more, but it is there
  }
  if (surprise == statement_surprise::name_taken) {
    ++healed.names_taken;
  } else {
    ++(surprise == statement_surprise::stale_plan ? healed.stale_plans : healed.names_unknown);
    stale.push_back(what.content_hash());
  }
  // Changed tables are ordinary life; names that come and go are not.
  if (healed.names_taken + healed.names_unknown >= most_surprises &&
      server.mode == statement_mode::named) {
    server.mode = statement_mode::unnamed;
    server.reason =
        fmt::format("{} surprises with statement names on this session", most_surprises);
    names.clear();
  }
  return true;
}

} // namespace freehold
