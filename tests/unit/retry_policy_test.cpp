#include "runtime/retry_policy.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/instant.hpp"

using freehold::decide_retry;
using freehold::effect;
using freehold::errc;
using freehold::failed_attempt;
using freehold::failure_class;
using freehold::fate;
using freehold::retry_budget;
using freehold::retry_decision;
using freehold::retry_options;
using freehold::testing::start;
using namespace std::chrono_literals;

namespace {

failed_attempt lost(freehold::fate known, freehold::effect what) {
  return {.code = errc::connection_lost,
          .kind = failure_class::connection_fatal,
          .fate = known,
          .effect = what,
          .attempts = 1,
          .remaining = 10s};
}

bool retried(const failed_attempt& attempt) {
  return decide_retry(attempt, retry_options{}, 0.5).retry;
}

} // namespace

TEST_CASE("what certainly did not run is sent again") {
  CHECK(retried(lost(fate::not_sent, effect::writes)));
  CHECK(retried(lost(fate::rolled_back, effect::writes)));
  failed_attempt refused = lost(fate::not_sent, effect::writes);
  refused.code = errc::connect_failed;
  refused.kind = failure_class::before_send;
  CHECK(retried(refused));
}

TEST_CASE("what may have run is sent again only when that is harmless") {
  for (const failure_class kind :
       {failure_class::before_send, failure_class::transaction, failure_class::connection_fatal,
        failure_class::role, failure_class::in_doubt}) {
    CAPTURE(to_string(kind));
    failed_attempt attempt = lost(fate::unknown, effect::writes);
    attempt.kind = kind;
    CHECK_FALSE(retried(attempt));
    attempt.effect = effect::idempotent;
    CHECK(retried(attempt));
    attempt.effect = effect::read_only;
    CHECK(retried(attempt));
  }
  failed_attempt attempt = lost(fate::unknown, effect::writes);
  attempt.code = errc::outcome_unknown;
  CHECK_FALSE(retried(attempt));
  attempt.looks_up = true; // and does not run again what took effect
  CHECK(retried(attempt));
}

TEST_CASE("a serialization failure that rolled back is replayed") {
  failed_attempt attempt = lost(fate::rolled_back, effect::writes);
  attempt.code = errc::serialization_failure;
  attempt.kind = failure_class::transaction;
  CHECK(retried(attempt));
}

TEST_CASE("statement conflicts, limits and faults of the request are not repeated") {
  for (const failure_class kind :
       {failure_class::statement, failure_class::resource, failure_class::permanent}) {
    CAPTURE(to_string(kind));
    failed_attempt attempt = lost(fate::rolled_back, effect::read_only);
    attempt.code = errc::server_error;
    attempt.kind = kind;
    CHECK_FALSE(retried(attempt));
  }
}

TEST_CASE("final answers and overload are not repeated, however harmless") {
  for (const errc code :
       {errc::statement_conflict, errc::bad_parameter, errc::not_allowed, errc::queue_full,
        errc::acquire_timeout, errc::authentication_failed, errc::database_missing,
        errc::deadline_exceeded, errc::cancelled, errc::transaction_failed, errc::lease_lost,
        errc::stopped, errc::would_block, errc::internal}) {
    CAPTURE(static_cast<int>(code));
    failed_attempt attempt = lost(fate::not_sent, effect::read_only);
    attempt.code = code;
    CHECK_FALSE(retried(attempt));
  }
}

TEST_CASE("repeats end after the configured number") {
  failed_attempt attempt = lost(fate::not_sent, effect::writes);
  attempt.attempts = 3;
  CHECK(retried(attempt));
  attempt.attempts = 4;
  CHECK_FALSE(retried(attempt));
  retry_options none;
  none.attempts = 0;
  attempt.attempts = 1;
  CHECK_FALSE(decide_retry(attempt, none, 0.5).retry);
}

TEST_CASE("the delay grows, has jitter, and fits into the remaining time") {
  retry_options options;
  options.backoff_base = 50ms;
  options.backoff_cap = 1s;
  failed_attempt attempt = lost(fate::not_sent, effect::writes);
  CHECK(decide_retry(attempt, options, 0.0) == retry_decision{true, 0ms});
  CHECK(decide_retry(attempt, options, 0.5) == retry_decision{true, 25ms});
  attempt.attempts = 3;
  CHECK(decide_retry(attempt, options, 0.5) == retry_decision{true, 100ms});
  attempt.remaining = 100ms;
  CHECK(decide_retry(attempt, options, 0.5) == retry_decision{false, 0ms});
  attempt.remaining = 0ms;
  CHECK_FALSE(decide_retry(attempt, options, 0.0).retry);
}

TEST_CASE("repeats stay a fraction of the traffic") {
  retry_budget budget{0.2, start};
  while (budget.withdraw(start)) {
  }
  int repeats = 0;
  for (int request = 0; request < 1'000; ++request) {
    budget.deposit(start);
    repeats += budget.withdraw(start) ? 1 : 0;
  }
  CHECK(repeats >= 198);
  CHECK(repeats <= 201);
}

TEST_CASE("a quiet service may repeat a little") {
  retry_budget budget{0.2, start};
  int repeats = 0;
  while (budget.withdraw(start))
    ++repeats;
  CHECK(repeats == 10);
  CHECK_FALSE(budget.withdraw(start + 900ms));
  CHECK(budget.withdraw(start + 1100ms));
  repeats = 0;
  while (budget.withdraw(start + 24h))
    ++repeats;
  CHECK(repeats == 10);
}

TEST_CASE("traffic cannot save up more than the bound") {
  retry_budget budget{0.5, start};
  for (int request = 0; request < 10'000; ++request)
    budget.deposit(start);
  CHECK(budget.balance(start) <= retry_budget::most);
  int repeats = 0;
  while (budget.withdraw(start + 1h))
    ++repeats;
  CHECK(repeats == 100);
}

TEST_CASE("a budget of nothing allows nothing until it is changed") {
  retry_budget budget{0.0, start};
  CHECK_FALSE(budget.withdraw(start));
  CHECK_FALSE(budget.withdraw(start + 1h));
  budget.set_fraction(0.1);
  CHECK(budget.withdraw(start + 1h));
}
