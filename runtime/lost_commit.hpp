// A COMMIT that was sent and not answered: what became of it can often be looked up.
#pragma once

#include "runtime/session_state.hpp"

#include <freehold/error.hpp>
#include <freehold/statement.hpp>

#include <any>
#include <chrono>
#include <cstdint>
#include <string>

namespace freehold {

/// A transaction in doubt, and what there is to know for looking it up.
struct lost_commit {
  std::int64_t transaction_id = 0; ///< as `txid_current` counts
  std::string server_start;        ///< of the server it ran on: see `server_traits`
  std::chrono::steady_clock::time_point began;
  std::any value; ///< what its function returned: the answer, if it was committed
  error why;      ///< the answer, if that cannot be found out
};

enum class commit_fate : std::uint8_t {
  committed,
  rolled_back,
  under_way, ///< the server has not noticed yet that its client is gone, or cannot
  unknown,
};

/// The id of the transaction it is run in, once that has written something.
[[nodiscard]] const bound_statement& transaction_id_query();
[[nodiscard]] bound_statement commit_fate_query(const lost_commit& of);
/// What the answer to `commit_fate_query` says.
[[nodiscard]] commit_fate read_commit_fate(const result_set& answer);

/// Whether a session's word about it can be trusted. A server that crashes may give
/// an id that it had not written to its log to another transaction; and another
/// server, promoted in its place, counts for itself. A session to the same server
/// that was open before the transaction began, and still is, has seen neither.
[[nodiscard]] bool is_witness(const session_state& session, const lost_commit& of) noexcept;

} // namespace freehold
