// When a request may be answered by something else than its database.
#pragma once

#include <freehold/error.hpp>
#include <freehold/statement.hpp>
#include <freehold/transaction.hpp>

#include <string>
#include <vector>

namespace freehold {

/// Whether this failure is the database's and not the request's: it could not be
/// reached, had no connection to give, or did not answer in time. Never for a
/// write that may have taken effect, for whatever stood in would hide that; nor
/// when the runtime stops, which is the service's own doing.
[[nodiscard]] bool takes_fallback(const error& why, effect what) noexcept;

/// What the latest good answer is found by: the statement, the bytes of its
/// parameters, and the settings, so that one tenant never gets another's rows.
[[nodiscard]] std::string last_good_key(const bound_statement& what,
                                        const std::vector<setting>& settings);

} // namespace freehold
