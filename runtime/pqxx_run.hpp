// Transaction functions that are written for libpqxx.
#pragma once

#include "runtime/request.hpp"
#include "runtime/session.hpp"
#include "runtime/session_state.hpp"

namespace freehold {

/// Runs `what->pqxx_body` in a libpqxx transaction and answers. libpqxx waits
/// without a deadline of ours; the request's is set as statement_timeout for the
/// transaction. What the function or libpqxx throws reaches the caller.
void run_pqxx_function(session& on, session_state& state, const request_ptr& what);

} // namespace freehold
