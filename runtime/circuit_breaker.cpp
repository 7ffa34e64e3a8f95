#include "runtime/circuit_breaker.hpp"

#include <algorithm>
#include <iterator>
#include <limits>
#include <utility>

namespace freehold {

using std::chrono::milliseconds;

namespace {

// Long enough to see whether a connect at the new size fails; the pools we know have been at full
// size within half a second.
constexpr milliseconds recovery_step{100};

bool reaches(std::uint64_t part, std::uint64_t whole, double rate) {
  return static_cast<double>(part) >= rate * static_cast<double>(whole);
}

int percent(std::uint64_t part, std::uint64_t whole) {
  return static_cast<int>(100 * part / whole);
}

} // namespace

std::string_view to_string(circuit_state value) noexcept {
  static constexpr std::string_view texts[]{"closed", "open", "half_open", "recovering"};
  static_assert(std::size(texts) == static_cast<std::size_t>(circuit_state::recovering) + 1);
  return texts[static_cast<std::size_t>(value)];
}

circuit_breaker::circuit_breaker(const breaker_options& options, std::size_t connections,
                                 std::uint64_t seed, time_point now)
    : options_{options}, most_{connections}, engine_{seed}, window_{options.window}, since_{now},
      open_since_{now} {}

void circuit_breaker::reconfigure(const breaker_options& options, std::size_t connections) {
  if (options.window != options_.window)
    window_ = call_window{options.window};
  options_ = options;
  most_ = connections;
}

void circuit_breaker::succeeded(std::size_t calls, std::size_t slow, time_point now) {
  if (!admits() || calls == 0)
    return;
  in_a_row_ = 0;
  window_.add({calls, 0, slow}, now);
  if (slow > 0)
    judge_rates({}, now);
}

void circuit_breaker::lost(const std::string& why, time_point now) {
  if (!admits())
    return;
  ++in_a_row_;
  window_.add({1, 1, 0}, now);
  judge_rates(why, now);
}

void circuit_breaker::connected(time_point now) {
  in_a_row_ = 0;
  if (state_ != circuit_state::half_open)
    return;
  window_.clear();
  recovered_ = 1;
  enter(circuit_state::recovering, now);
  until_ = now + recovery_step;
}

void circuit_breaker::connect_failed(const std::string& why, bool hopeless, time_point now) {
  ++in_a_row_;
  if (state_ == circuit_state::open)
    return;
  const bool tried = state_ == circuit_state::half_open || state_ == circuit_state::recovering;
  if (tried || hopeless || in_a_row_ >= options_.consecutive_failures)
    open(why, hopeless, now);
}

void circuit_breaker::judge_rates(const std::string& latest, time_point now) {
  const call_window::counts seen = window_.sum(now);
  if (seen.calls < options_.minimum_calls)
    return;
  if (reaches(seen.failed, seen.calls, options_.failure_rate)) {
    open(std::to_string(percent(seen.failed, seen.calls)) + " % of " + std::to_string(seen.calls) +
             " calls ended with a lost session (breaker.failure_rate): " + latest,
         false, now);
  } else if (options_.slow_call.count() > 0 && seen.slow > 0 &&
             reaches(seen.slow, seen.calls, options_.slow_call_rate)) {
    open(std::to_string(percent(seen.slow, seen.calls)) + " % of " + std::to_string(seen.calls) +
             " calls took longer than " + std::to_string(options_.slow_call.count()) +
             " ms (breaker.slow_call, breaker.slow_call_rate)",
         false, now);
  }
}

void circuit_breaker::open(std::string cause, bool hopeless, time_point now) {
  if (forced_ == circuit_override::closed)
    return;
  if (openings_++ == 0)
    open_since_ = now;
  ++opened_total_;
  cause_ = std::move(cause);
  until_ = now + open_time(hopeless);
  window_.clear();
  enter(circuit_state::open, now);
}

milliseconds circuit_breaker::open_time(bool hopeless) {
  milliseconds full = options_.open_first;
  for (std::size_t n = 1; n < openings_ && full < options_.open_cap; ++n)
    full *= 2;
  if (hopeless || full > options_.open_cap)
    full = options_.open_cap;
  // Earlier and not later, so that the option is what it says: the longest wait.
  const double early = options_.jitter * std::uniform_real_distribution<double>{0.0, 1.0}(engine_);
  return std::chrono::duration_cast<milliseconds>(full * (1.0 - early));
}

void circuit_breaker::advance(time_point now) {
  if (forced_ != circuit_override::automatic)
    return;
  if (state_ == circuit_state::open && now >= until_)
    return enter(circuit_state::half_open, now);
  while (state_ == circuit_state::recovering && now >= until_) {
    recovered_ *= 2;
    until_ += recovery_step;
    if (recovered_ < most_)
      continue;
    openings_ = 0;
    cause_.clear();
    enter(circuit_state::closed, now);
  }
}

void circuit_breaker::try_soon(time_point now) {
  if (state_ == circuit_state::open && forced_ == circuit_override::automatic)
    until_ = std::min(until_, now);
}

void circuit_breaker::force(circuit_override how, time_point now) {
  const circuit_override before = std::exchange(forced_, how);
  if (before == how)
    return;
  in_a_row_ = 0;
  switch (how) {
  case circuit_override::open:
    cause_ = "it was opened by hand";
    open_since_ = now;
    return enter(circuit_state::open, now);
  case circuit_override::closed:
    cause_.clear();
    openings_ = 0;
    window_.clear();
    return enter(circuit_state::closed, now);
  case circuit_override::automatic:
    if (state_ == circuit_state::open)
      enter(circuit_state::half_open, now);
  }
}

std::size_t circuit_breaker::connections() const noexcept {
  switch (state_) {
  case circuit_state::open:
    return 0;
  case circuit_state::half_open:
    return 1;
  case circuit_state::recovering:
    return recovered_;
  case circuit_state::closed:
    break;
  }
  return std::numeric_limits<std::size_t>::max();
}

std::optional<circuit_breaker::time_point> circuit_breaker::next_event() const noexcept {
  const bool waits = state_ == circuit_state::open || state_ == circuit_state::recovering;
  if (!waits || forced_ != circuit_override::automatic)
    return std::nullopt;
  return until_;
}

milliseconds circuit_breaker::retry_after(time_point now) const {
  if (forced_ == circuit_override::open)
    return options_.open_cap;
  if (state_ != circuit_state::open || now >= until_)
    return milliseconds{0};
  return std::chrono::ceil<milliseconds>(until_ - now);
}

void circuit_breaker::enter(circuit_state next, time_point now) {
  state_ = next;
  since_ = now;
}

} // namespace freehold
