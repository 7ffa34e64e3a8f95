// Ending the sessions that a killed run of a service left on the server.
#pragma once

#include "runtime/process_identity.hpp"

#include <freehold/transaction.hpp>

#include <cstdint>
#include <functional>
#include <optional>
#include <vector>

namespace freehold {

/// Ends, with pg_terminate_backend, the sessions that `is_dead` says nobody lives
/// for: of the same service, host and database by their names, and opened by the
/// same user, in the same database, from the same address as this session.
/// Returns the server's process ids of those it ended. Throws `failure`; one
/// session whose process cannot be judged is left alone.
[[nodiscard]] std::vector<std::int32_t>
end_dead_sessions(transaction& on, const process_identity& who,
                  const std::function<std::optional<process_status>(std::int64_t)>& status_of =
                      status_of_process);

} // namespace freehold
