// The owner of one session: the only actor, on the only thread, that touches it.
#pragma once

#include "actors/protocol.hpp"
#include "runtime/brief_wait.hpp"
#include "runtime/conversation.hpp"
#include "runtime/session_state.hpp"

#include <caf/stateful_actor.hpp>
#include <caf/typed_event_based_actor.hpp>

#include <optional>

namespace freehold {

/// Assigned requests pile up in the mailbox while a pipeline runs; the first of
/// them makes the actor send itself `flush`, and flush runs all there are. That
/// is where the batches come from.
class session_owner {
public:
  using self_pointer = connection_actor::stateful_pointer<session_owner>;
  static constexpr const char* name = "freehold.connection";

  explicit session_owner(self_pointer self) : self_{self} {}
  connection_actor::behavior_type make_behavior(context_ptr context, connection_id id,
                                                supervisor_actor supervisor,
                                                requests_actor requests,
                                                std::shared_ptr<interrupter> handle);

private:
  struct held_lease {
    std::uint64_t number;
    request_ptr origin;
    bool touched = false; // ran anything
  };

  void open();
  void end_dead_runs();
  void add(std::vector<request_ptr>& batch);
  void run_backlog();
  void run_shared(const std::vector<request_ptr>& batch);
  void run_alone(const request_ptr& what);
  void hand_over_lease(hand_over& lease);
  bool holds(std::uint64_t number, const request_ptr& origin);
  void execute_leased(const lease_execute& m);
  void commit_lease(const lease_commit& m);
  void end_lease(std::uint64_t number);
  void reset_session();
  void ping_server();
  void drop(const std::vector<std::uint64_t>& content_hashes);
  void close();
  void report(std::size_t done, std::vector<attempt_failure> failures,
              std::vector<request_ptr> submitted = {});
  [[nodiscard]] batch_done so_far(std::size_t done, std::size_t lost,
                                  std::vector<request_ptr> submitted) const;
  void tell(batch_done&& what);
  void linger();
  void log_first(const request& what, session::time_point at) const;
  void log_finished(const request& what, session::time_point began) const;
  void finish_if_lost();
  void end(std::string why, bool expected);
  [[nodiscard]] request housekeeping(std::chrono::milliseconds time) const;

  self_pointer self_;
  context_ptr context_;
  std::optional<attendance::seat> seat_; // with all connections of the database
  connection_id id_ = 0;
  supervisor_actor supervisor_;
  requests_actor requests_;
  std::shared_ptr<interrupter> interrupter_;
  std::string nonce_;
  std::unique_ptr<session> session_;
  std::optional<session_state> state_;
  std::vector<request_ptr> backlog_;
  bool flush_pending_ = false;
  brief_wait lingering_;
  std::optional<held_lease> lease_;
  std::uint64_t last_lease_ = 0;
};

connection_actor::behavior_type connection(session_owner::self_pointer self, context_ptr context,
                                           connection_id id, supervisor_actor supervisor,
                                           requests_actor requests,
                                           std::shared_ptr<interrupter> handle);

} // namespace freehold
