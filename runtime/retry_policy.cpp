#include "runtime/retry_policy.hpp"

#include "runtime/backoff.hpp"

#include <algorithm>

namespace freehold {
namespace {

// The errors that time may mend. Everything else is the request's own fault
// (bad_parameter, not_allowed), already final (deadline_exceeded, cancelled,
// stopped), or an overload (queue_full, acquire_timeout).
bool may_pass(errc code) noexcept {
  switch (code) {
  case errc::connect_failed:
  case errc::too_many_connections:
  case errc::server_error:
  case errc::serialization_failure:
  case errc::connection_lost:
  case errc::outcome_unknown:
    return true;
  default:
    return false;
  }
}

bool may_pass(failure_class kind) noexcept {
  switch (kind) {
  case failure_class::before_send:
  case failure_class::transaction:
  case failure_class::connection_fatal:
  case failure_class::role:
  case failure_class::in_doubt:
    return true;
  case failure_class::statement:
  case failure_class::resource:
  case failure_class::permanent:
    return false;
  }
  return false;
}

bool is_harmless_to_repeat(const failed_attempt& attempt) noexcept {
  return attempt.fate != fate::unknown || attempt.effect != effect::writes || attempt.looks_up;
}

} // namespace

retry_decision decide_retry(const failed_attempt& attempt, const retry_options& options,
                            double uniform01) noexcept {
  const std::size_t tries = std::max<std::size_t>(attempt.attempts, 1);
  if (tries > options.attempts || !may_pass(attempt.code) || !may_pass(attempt.kind) ||
      !is_harmless_to_repeat(attempt))
    return {};
  const auto delay = full_jitter(options.backoff_base, options.backoff_cap, tries, uniform01);
  if (delay >= attempt.remaining)
    return {};
  return {true, delay};
}

retry_budget::retry_budget(double fraction, time_point now, double minimum_per_second) noexcept
    : fraction_{fraction}, minimum_per_second_{minimum_per_second},
      tokens_{minimum_per_second * static_cast<double>(reserve_time.count())}, refilled_{now} {}

void retry_budget::deposit(time_point now) noexcept {
  refill(now);
  tokens_ = std::min(most, tokens_ + fraction_);
}

bool retry_budget::withdraw(time_point now) noexcept {
  refill(now);
  if (fraction_ <= 0.0 || tokens_ < 1.0)
    return false;
  tokens_ -= 1.0;
  return true;
}

double retry_budget::balance(time_point now) noexcept {
  refill(now);
  return tokens_;
}

// Time alone fills up to the reserve; what traffic saved beyond it stays.
void retry_budget::refill(time_point now) noexcept {
  if (now <= refilled_)
    return;
  const double seconds = std::chrono::duration<double>{now - refilled_}.count();
  const double reserve = minimum_per_second_ * static_cast<double>(reserve_time.count());
  tokens_ = std::max(tokens_, std::min(reserve, tokens_ + seconds * minimum_per_second_));
  refilled_ = now;
}

} // namespace freehold
