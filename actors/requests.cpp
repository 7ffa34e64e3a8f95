#include "actors/requests.hpp"

#include "actors/admission.hpp"
#include "actors/discipline.hpp"

#include <algorithm>

#include <caf/mailbox_element.hpp>
#include <caf/response_promise.hpp>

namespace freehold {

namespace {

// Answers an actor's request from whichever thread has the answer. CAF's own
// promise belongs to the thread of the actor that made it.
class actor_receiver final : public receiver {
public:
  actor_receiver(caf::strong_actor_ptr to, caf::message_id id) : to_{std::move(to)}, id_{id} {}
  void receive(outcome&& answer) noexcept override {
    if (!to_)
      return;
    to_->enqueue(nullptr, id_.response_id(), content(std::move(answer)), nullptr);
  }
  // The flag is an atomic of the actor, which our reference keeps in memory.
  bool abandoned() const noexcept override {
    return to_ && to_->get()->getf(caf::abstract_actor::is_terminated_flag);
  }

private:
  static caf::message content(outcome answer) {
    if (answer.why)
      return caf::make_message(to_caf_error(answer.why));
    if (auto* one = std::get_if<result_set>(&answer.value)) {
      return caf::make_message(std::move(*one));
    }
    if (auto* several = std::get_if<std::vector<result_set>>(&answer.value)) {
      return caf::make_message(std::move(*several));
    }
    return caf::make_message(transaction_value{std::get<std::any>(std::move(answer.value))});
  }

  caf::strong_actor_ptr to_;
  caf::message_id id_;
};

} // namespace

requests_actor::behavior_type request_agent::make_behavior(context_ptr context) {
  context_ = std::move(context);
  engine_.seed(context_->entropy());
  budget_.emplace(context_->options.retry.budget, context_->now());
  install_discipline(self_, context_->log);
  return {
      [this](execute_message& m) -> caf::result<result_set> {
        begin(make_execute(*context_, std::move(m.what), m.how, reply_to_sender()));
        return caf::delegated<result_set>{};
      },
      [this](script_message& m) -> caf::result<std::vector<result_set>> {
        begin(make_script(*context_, std::move(m.steps), m.how, reply_to_sender()));
        return caf::delegated<std::vector<result_set>>{};
      },
      [this](transact_message& m) -> caf::result<transaction_value> {
        request_ptr what = make_alone(*context_, request_kind::function, m.how, reply_to_sender());
        what->body = std::move(m.body);
        begin(std::move(what));
        return caf::delegated<transaction_value>{};
      },
      [this](const force_circuit& m) { self_->send(supervisor_, m); },
      [this](attempt_failed& m) { judge(m.what); },
      [](turned_away& m) { m.what->fail(std::move(m.why)); },
      [this](const resubmit& m) { send_again(m.what); },
      [this](attend& m) { supervisor_ = std::move(m.supervisor); },
      [this](adopt& m) { change_to(std::move(m.context)); },
      [this](stop_requests) { self_->quit(); },
  };
}

void request_agent::change_to(context_ptr next) {
  if (next->options.retry.budget != context_->options.retry.budget)
    budget_.emplace(next->options.retry.budget, next->now());
  context_ = std::move(next);
}

std::shared_ptr<receiver> request_agent::reply_to_sender() {
  const caf::response_promise promise = self_->make_response_promise();
  return std::make_shared<actor_receiver>(promise.next(), promise.id());
}

void request_agent::begin(request_ptr what) {
  if (acceptable(*what))
    self_->send(supervisor_, submit{std::move(what)});
}

void request_agent::judge(attempt_failure& failed) {
  const request_ptr& what = failed.what;
  if (what->unwanted())
    return;
  failed_attempt attempt;
  attempt.code = failed.why.code;
  attempt.kind = failed.kind;
  attempt.fate = failed.why.fate;
  attempt.effect = what->effect();
  attempt.looks_up = what->lost != nullptr;
  attempt.attempts = what->attempts;
  attempt.remaining =
      std::chrono::duration_cast<std::chrono::milliseconds>(what->deadline - context_->now());
  const double chance = std::uniform_real_distribution<double>{0.0, 1.0}(engine_);
  deposit_traffic();
  const retry_decision decision = decide_retry(attempt, context_->options.retry, chance);
  const bool again = decision.retry && budget_->withdraw(context_->now());
  if (context_->log->should_log(spdlog::level::debug)) {
    const log_fields about{.query = format_query_id(what->id),
                           .statement = what->name(),
                           .error = to_string(failed.why.code),
                           .attempt = what->attempts};
    if (again)
      context_->log->debug(about, "it failed and is tried again in {} ms: {}",
                           decision.delay.count(), failed.why.message);
    else
      context_->log->debug(about, "it failed and is not tried again: {}", failed.why.message);
  }
  if (!again) {
    context_->counters->given_up.fetch_add(1, std::memory_order_relaxed);
    what->fail(std::move(failed.why));
    return;
  }
  if (failed.why.fate == fate::unknown)
    what->mark_doubtful();
  what->mark_sent(false);
  self_->delayed_send(self_, decision.delay, resubmit{what});
}

void request_agent::deposit_traffic() {
  const std::uint64_t made = context_->traffic->load(std::memory_order_relaxed);
  // The budget is full long before this many.
  constexpr std::uint64_t enough = 10'000;
  const auto now = context_->now();
  for (std::uint64_t n = std::min(made - deposited_, enough); n > 0; --n)
    budget_->deposit(now);
  deposited_ = made;
}

void request_agent::send_again(const request_ptr& what) {
  if (!what->unwanted())
    self_->send(supervisor_, submit{what});
}

requests_actor::behavior_type requests(request_agent::self_pointer self, context_ptr context) {
  return self->state.make_behavior(std::move(context));
}

} // namespace freehold
