// How an actor of yours talks to a database: the messages and the typed
// interface. Threads use <freehold/database.hpp>, which says the same in calls.
//
// All of these stay within the process; none is serialised, so a host's actor
// system needs no registration of types.
#pragma once

#include <any>
#include <chrono>
#include <functional>
#include <optional>
#include <utility>
#include <vector>

#include <caf/allowed_unsafe_message_type.hpp>
#include <caf/error.hpp>
#include <caf/replies_to.hpp>
#include <caf/typed_actor.hpp>

#include <freehold/config.hpp>
#include <freehold/error.hpp>
#include <freehold/result_set.hpp>
#include <freehold/stats.hpp>
#include <freehold/transaction.hpp>

namespace freehold {

/// Run one statement. From any actor, at any time; answered by its deadline with
/// a `result_set` or an error (see `to_failure`).
struct execute_message {
  bound_statement what;
  request_options how;
};

/// Run statements as one transaction in one round trip; answered with their
/// results in order, or an error and no effect.
struct script_message {
  std::vector<bound_statement> steps;
  transaction_options how;
};

/// Run a function in a transaction, on the thread that owns the connection;
/// answered with what it returned.
struct transact_message {
  std::function<std::any(transaction&)> body;
  transaction_options how;
};

/// What a transaction function returned.
struct transaction_value {
  std::any value;
  template <class T>
  [[nodiscard]] T as() const {
    return std::any_cast<T>(value);
  }
};

/// Open the circuit by hand, close it by hand, or leave it to the breaker again.
struct force_circuit {
  circuit_override how;
};

/// A database, as actors see it. Spawned by the runtime; obtained from
/// `database::actor()`.
using database_actor =
    caf::typed_actor<caf::replies_to<execute_message>::with<result_set>,
                     caf::replies_to<script_message>::with<std::vector<result_set>>,
                     caf::replies_to<transact_message>::with<transaction_value>,
                     caf::reacts_to<force_circuit>>;

/// Put this configuration in force; answered with how that went, once every part of the
/// runtime has been told. Refused as a whole if it is not sound, or a connection to where it
/// leads does not work.
struct reconfigure_message {
  config next;
};

/// Read the configuration again from where it came from (`embedding::source`).
struct reload_message {
  std::string trigger = "message"; ///< for the log
};

/// Changes the configuration of a runtime that serves. Obtained from
/// `runtime::configuration()`.
using configuration_actor =
    caf::typed_actor<caf::replies_to<reconfigure_message>::with<reload_report>,
                     caf::replies_to<reload_message>::with<reload_report>>;

/// Freehold's error inside the `caf::error` that an actor's request got. Errors
/// of CAF itself (the database's actor is gone, the requester's own timeout)
/// become `stopped` and `deadline_exceeded`.
[[nodiscard]] error to_error(const caf::error& from);
/// The other way, as answered to actors.
[[nodiscard]] caf::error to_caf_error(const error_ptr& from);

} // namespace freehold

CAF_ALLOW_UNSAFE_MESSAGE_TYPE(freehold::execute_message)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(freehold::script_message)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(freehold::transact_message)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(freehold::transaction_value)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(freehold::force_circuit)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(freehold::reconfigure_message)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(freehold::reload_message)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(freehold::reload_report)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(freehold::result_set)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(std::vector<freehold::result_set>)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(freehold::error_ptr)
