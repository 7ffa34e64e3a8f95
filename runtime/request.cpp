#include "runtime/request.hpp"

#include "runtime/query_id.hpp"

#include <algorithm>

namespace freehold {

namespace {

effect strongest(std::span<const bound_statement> steps) noexcept {
  bool all_read = true;
  for (const bound_statement& step : steps) {
    if (step.what.effect() == effect::writes)
      return effect::writes;
    all_read = all_read && step.what.is_read_only();
  }
  return all_read ? effect::read_only : effect::idempotent;
}

} // namespace

transaction::~transaction() = default;

request::request(request_kind k, std::vector<bound_statement> s, time_point at, time_point until,
                 std::uint32_t number, std::shared_ptr<receiver> to)
    : kind{k}, of_steps_{strongest(s)}, id{number}, submitted{at}, deadline{until},
      to_{std::move(to)}, several_{std::move(s)}, steps{several_} {}

request::request(bound_statement&& only, time_point at, time_point until, std::uint32_t number,
                 std::shared_ptr<receiver> to)
    : kind{request_kind::execute}, of_steps_{only.what.effect()}, id{number}, submitted{at},
      deadline{until}, to_{std::move(to)}, only_{std::move(only)}, steps{&*only_, 1} {}

request::request(bound_statement&& only, time_point at, time_point until, std::uint32_t number,
                 const receiver_recipe& to)
    : kind{request_kind::execute}, of_steps_{only.what.effect()}, id{number}, submitted{at},
      deadline{until}, to_{to.make_in(room_)}, only_{std::move(only)}, steps{&*only_, 1} {}

request::~request() {
  if (!answered())
    answer_for_itself();
  if (to_.use_count() == 0 && to_)
    std::destroy_at(to_.get());
}

void request::answer_for_itself() noexcept {
  // Its owner died: an actor that was killed, or a mailbox that was closed.
  const bool doubt = sent() && effect() != effect::read_only;
  fail(doubt ? errc::outcome_unknown : if_dropped,
       doubt ? "the actor that ran it ended before the server's answer"
       : if_dropped == errc::lease_lost
           ? "the lease has ended: it was reclaimed (lease.reclaim_after), or its session was lost"
           : "the actor that held it ended before it was run",
       doubt    ? fate::unknown
       : sent() ? fate::rolled_back
                : fate::not_sent);
}

bool request::answer(outcome&& value) noexcept {
  const std::uint8_t how =
      value.why ? static_cast<std::uint8_t>(with_error + static_cast<std::uint8_t>(value.why->code))
                : with_result;
  std::uint8_t before = unanswered;
  if (!answer_.compare_exchange_strong(before, how, std::memory_order_acq_rel))
    return false;
  to_->receive(std::move(value));
  return true;
}

bool request::fail(errc code, std::string message, freehold::fate what) noexcept {
  return fail(describe(code, std::move(message), what));
}

bool request::fail(error why) noexcept {
  if (doubtful_.load(std::memory_order_acquire) && why.fate != fate::unknown) {
    why.fate = fate::unknown;
    // The first would mean: certainly without effect. What writes is in doubt only while it is
    // looked up, and all that went wrong is that nobody told.
    if (why.code == errc::connection_lost || effect() == effect::writes)
      why.code = errc::outcome_unknown;
    why.message += "; an earlier attempt may have taken effect";
  }
  return answer(outcome::failed(std::move(why)));
}

error request::describe(errc code, std::string message, freehold::fate what) const {
  error why;
  why.code = code;
  why.message = std::move(message);
  why.statement = name();
  why.query_id = format_query_id(id);
  why.attempts = attempts;
  why.fate = what;
  return why;
}

freehold::effect request::effect_of_kind() const noexcept {
  if (kind == request_kind::lease)
    return effect::idempotent;
  if (options.read_only)
    return effect::read_only;
  if (options.idempotent)
    return effect::idempotent;
  return kind == request_kind::function ? effect::writes : of_steps_;
}

std::string request::name() const {
  switch (kind) {
  case request_kind::function:
    return "transaction";
  case request_kind::lease:
    return "lease";
  case request_kind::script:
    return steps.empty() ? "script" : "script:" + steps.front().what.name();
  case request_kind::execute:
    break;
  }
  return steps.empty() ? "statement" : steps.front().what.name();
}

} // namespace freehold
