// Answers a request with what it brought along in place of its database.
#pragma once

#include "actors/protocol.hpp"

namespace freehold {

/// Stands between a request and its caller. What succeeds passes through, and is
/// kept if the request may be answered with it later. What fails for a reason of
/// the database's goes through the fallbacks, in their order; if none can, the
/// caller gets the error with a word on each. Runs on whichever thread answers.
class fallback_receiver final : public receiver,
                                public std::enable_shared_from_this<fallback_receiver> {
public:
  /// `deadline` is the request's; `how` has its fallbacks.
  fallback_receiver(const database_context& context, const bound_statement& what,
                    request_options how, request::time_point deadline,
                    std::shared_ptr<receiver> to);

  /// Whether `how` asks for the latest good answer.
  [[nodiscard]] static bool asks_for_last_good(const request_options& how) noexcept;

  void receive(outcome&& answer) noexcept override;
  [[nodiscard]] bool abandoned() const noexcept override { return to_->abandoned(); }

private:
  class from_elsewhere;

  void go_on(std::size_t next);
  bool answer_with(const fallback::last_answer& how);
  bool answer_with(const result_set& rows);
  bool answer_with(const fallback::function& make);
  bool answer_with(const fallback::elsewhere& other, std::size_t next);
  void deliver(const result_set& rows, result_origin origin, std::chrono::milliseconds age = {});
  void note(const std::string& text);

  time_source now_;
  std::shared_ptr<last_good_answers> last_good_;
  std::shared_ptr<side_counters> counters_;
  event_log log_;
  bound_statement what_;
  request_options how_;
  request::time_point deadline_;
  std::shared_ptr<receiver> to_;
  std::string key_; // empty: the latest good answer is not asked for
  error why_;       // and what became of the fallbacks so far
};

} // namespace freehold
