#include "runtime/lost_commit.hpp"

namespace freehold {

const bound_statement& transaction_id_query() {
  static const bound_statement query{
      statement{"transaction_id", "SELECT txid_current_if_assigned()", read_only}, {}};
  return query;
}

// Committed means here what COMMIT would have meant: with synchronous standbys, one of them has
// it. That the server alone has it, this query would see too (docs/decisions/0016).
bound_statement commit_fate_query(const lost_commit& of) {
  static const statement query{
      "commit_fate",
      "SELECT CASE WHEN current_setting('synchronous_standby_names') = '' THEN txid_status($1) END",
      read_only};
  return bind(query, of.transaction_id);
}

commit_fate read_commit_fate(const result_set& answer) {
  const auto said = answer.scalar<std::optional<std::string>>();
  if (said == "committed")
    return commit_fate::committed;
  if (said == "aborted")
    return commit_fate::rolled_back;
  return said == "in progress" ? commit_fate::under_way : commit_fate::unknown;
}

bool is_witness(const session_state& session, const lost_commit& of) noexcept {
  return !session.server.pooler && session.server.server_start == of.server_start &&
         session.opened < of.began;
}

} // namespace freehold
