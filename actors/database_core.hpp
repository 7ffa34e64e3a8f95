// What a database handle shares with the actors behind it.
#pragma once

#include "actors/protocol.hpp"

#include <atomic>
#include <deque>
#include <mutex>
#include <string>

namespace freehold {

/// The actors of a database may end on a defect and be started again; handles
/// that the service holds go on with those that took their place.
class database_core {
public:
  database_core(context_ptr context, caf::actor_system& system);
  database_core(const database_core&) = delete;
  database_core& operator=(const database_core&) = delete;

  /// Starts the actors; again, when the supervisor has ended. The requests actor
  /// is kept while it lives, because other actors hold its handle. Throws
  /// `std::runtime_error` when they were started too often. One thread at a time.
  supervisor_actor start();
  /// Refuses what is new, for this reason; the first one counts.
  void refuse(const std::string& why);
  /// Ends the requests actor, when no supervisor needs it any more.
  void end_requests() const;

  /// Sends an acceptable request on its way; answers any other.
  void submit_request(request_ptr what) const;
  /// The same for one that no thread blocks for: made by a callback, it may wait
  /// until the batch that is being answered is.
  void submit_unawaited(request_ptr what) const;

  [[nodiscard]] const supervisor_actor& supervisor() const { return current().supervisor; }
  [[nodiscard]] const requests_actor& requests() const { return current().requests; }
  /// Why it refuses; empty: it does not.
  [[nodiscard]] std::string refusal() const { return refuses() ? reason_ : std::string{}; }
  [[nodiscard]] bool refuses() const { return refuses_.load(std::memory_order_acquire); }

  /// What the actors go by from now on; shares with `context` what is behind a pointer.
  void adopt_context(context_ptr next, bool renew_sessions);
  [[nodiscard]] context_ptr latest_context() const;

  /// As it began. What a change of the configuration may change, callers take from
  /// `caller_limits`.
  const context_ptr context;
  caf::actor_system& system; ///< valid until it refuses

private:
  struct crew {
    supervisor_actor supervisor;
    requests_actor requests;
    std::shared_ptr<std::atomic<bool>> requests_ended;
  };

  [[nodiscard]] const crew& current() const { return *current_.load(std::memory_order_acquire); }
  [[nodiscard]] bool takes(request& what) const;

  // A thread may be about to use the one before, so none is given up: reading the
  // current one costs a request nothing, and their number is bounded.
  std::deque<crew> crews_; // changed under `change_guard_`
  std::atomic<const crew*> current_{nullptr};
  mutable std::mutex change_guard_;
  context_ptr latest_; // what actors are started with
  std::mutex reason_guard_;
  std::string reason_;
  std::atomic<bool> refuses_{false};
};

} // namespace freehold
