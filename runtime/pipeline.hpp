// Runs a batch of requests on a session in as few round trips as it takes.
#pragma once

#include "runtime/request.hpp"
#include "runtime/session.hpp"
#include "runtime/session_state.hpp"

#include <chrono>
#include <functional>
#include <memory>
#include <optional>
#include <vector>

namespace freehold {

/// Sends a batch, takes the replies and answers the requests that succeeded.
///
/// Read-only statements share one Sync, and with it one implicit transaction;
/// everything else, and every statement under a stricter default isolation, has
/// a Sync of its own, so that no statement's failure undoes another's work; so has
/// a request that brings settings, and they end with that transaction. A
/// script is one Sync: all or nothing. Behind a pooler that does not track
/// statements one Sync at a time is under way. What writes is answered when its Sync is
/// confirmed, for that is when it is committed. Reads that were skipped because
/// another read failed are sent again; so is, once, what failed because a
/// statement's name or plan was not what the session believed, and what was hit
/// by the cancellation of another: of one that is late, or that nobody waits for.
class pipeline {
public:
  using time_point = session::time_point;

  /// `on_quiet` is called when the server keeps a batch waiting for a moment, and
  /// again if somebody was answered since: long enough to do what can wait for a
  /// batch's end but not for a slow query's.
  pipeline(session& on, session_state& state, const statement_options& options,
           std::function<void()> on_quiet = {})
      : session_{on}, state_{state}, options_{options}, on_quiet_{std::move(on_quiet)} {}

  /// Runs requests of kind execute and script. Returns those that failed in a
  /// way that says nothing final; everything else is answered when it returns.
  /// `state.lost()` afterwards: the session is to be dropped.
  [[nodiscard]] std::vector<attempt_failure> run(const std::vector<request_ptr>& batch);

private:
  struct work {
    request* what;
    const request_ptr* owned;         // the same, in the batch
    result_set rows;                  // of a statement that is answered at its Sync
    std::vector<result_set> of_steps; // of a script
    std::unique_ptr<const server_error> why;
    reply_kind failed = reply_kind::result; // failed, too_large, skipped: what came instead
    std::size_t failed_step = 0;
    const std::string* name = nullptr; // under which the failed step ran
    bool synced = false;
    bool cancelled = false; // a cancellation was meant for it
    bool was_hit = false;   // by one that was meant for another
    std::size_t healed = 0;
  };
  enum class part : std::uint8_t { close, prepare, execute, sync };
  struct expected {
    part what;
    std::size_t first; // index into works_; of a sync: the first it makes final
    std::size_t step;  // of a sync: one past the last it makes final
    const std::string* name;
  };

  using batch_iterator = std::vector<request_ptr>::const_iterator;

  /// How much of a batch may be under way at once.
  [[nodiscard]] batch_iterator end_of_round(batch_iterator first, batch_iterator end) const;
  void run_round(std::vector<work> works);
  [[nodiscard]] static bool sendable(request& what, time_point now);
  [[nodiscard]] bool shares_sync(const request& what) const noexcept;
  void send(std::vector<work>& works);
  void send_one(work& w, std::size_t index);
  void send_step(const work& w, std::size_t index, std::size_t step);
  void receive(std::vector<work>& works);
  [[nodiscard]] std::vector<expected>::const_iterator unanswered() const noexcept {
    return expected_.begin() + static_cast<std::ptrdiff_t>(next_);
  }
  session_reply next_reply(time_point wake);
  void take(std::vector<work>& works, const expected& e, session_reply&& reply);
  void take_failure(work& w, const expected& e, session_reply&& reply);
  void conclude(std::vector<work>& works, std::size_t first, std::size_t last);
  void conclude(work& w);
  static void doubt(const std::vector<work>& works, std::size_t first, std::size_t last);
  void settle(std::vector<work>& works, std::vector<work>& again);
  bool repeat_here(work& w);
  void report(work& w);
  void report_lost(work& w);
  [[nodiscard]] time_point next_event(const std::vector<work>& works);
  [[nodiscard]] static bool is_to_cancel(const work& w, bool unless_wanted, time_point now);
  [[nodiscard]] std::vector<std::size_t> to_cancel(const std::vector<work>& works, time_point now,
                                                   bool unwanted_too) const;
  void watch(std::vector<work>& works);
  void cancel_late(std::vector<work>& works);

  session& session_;
  session_state& state_;
  const statement_options& options_;
  std::vector<expected> expected_; // those before next_ have been taken
  std::size_t next_ = 0;
  std::function<void()> on_quiet_;
  time_point previous_{}; // when the latest Sync was confirmed, or the batch was sent
  time_point heard_{};    // first answer after it was quiet
  bool quiet_ = false;    // since then for longer than a moment
  std::optional<time_point> cancelled_at_; // unanswered so far
  bool any_late_ = false;                  // something is to be cancelled when its turn comes
  bool cancelled_in_round_ = false;
  std::vector<attempt_failure> failures_;
};

/// Whether an error ends the session, whatever it means for the request.
[[nodiscard]] bool ends_session(const server_error& why) noexcept;
/// Why a statement cannot be sent as it is; null when it can.
[[nodiscard]] std::optional<std::string> unsendable(const bound_statement& bound);
/// When to start cancelling so that the outcome is known by the deadline.
[[nodiscard]] session::time_point cancel_time(const request& what);
/// The error that a server's refusal becomes; values of parameters are redacted.
[[nodiscard]] error describe_refusal(const request& what, std::size_t step, const server_error& why,
                                     bool cancelled);

} // namespace freehold
