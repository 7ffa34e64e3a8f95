// Making requests: ids, deadlines, and what is refused before it goes anywhere.
#pragma once

#include "actors/protocol.hpp"

namespace freehold {

[[nodiscard]] request_ptr make_execute(const database_context& context, bound_statement&& what,
                                       const request_options& how, std::shared_ptr<receiver> to);
[[nodiscard]] request_ptr make_execute(const database_context& context, bound_statement&& what,
                                       const request_options& how, const receiver_recipe& to);
[[nodiscard]] request_ptr make_script(const database_context& context,
                                      std::vector<bound_statement> steps,
                                      const transaction_options& how, std::shared_ptr<receiver> to);
/// A statement of a lease; its settings are the lease's.
[[nodiscard]] request_ptr make_leased(const database_context& context, bound_statement&& what,
                                      const request_options& how, std::shared_ptr<receiver> to);
[[nodiscard]] request_ptr make_lease_commit(const database_context& context,
                                            std::shared_ptr<receiver> to);
/// Of kind function or lease; the caller fills in the body.
[[nodiscard]] request_ptr make_alone(const database_context& context, request_kind kind,
                                     const transaction_options& how, std::shared_ptr<receiver> to);

/// Answers a request that must not be sent: settings that are missing or cannot be
/// brought along, unbindable parameters, a script
/// without steps, SQL that would leave state behind on a shared session. True if
/// it may go on.
[[nodiscard]] bool acceptable(request& what);

} // namespace freehold
