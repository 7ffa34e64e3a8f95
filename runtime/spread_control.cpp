#include "runtime/spread_control.hpp"

#include <algorithm>

namespace freehold {

using std::chrono::milliseconds;

namespace {

constexpr unsigned periods = 8;             // of one comparison
constexpr milliseconds shortest_period{10}; // many batches, even over a network
constexpr milliseconds longest_period{1000};
constexpr std::size_t least_answers = 100;
constexpr double better = 0.97;
constexpr milliseconds first_rest{200};
constexpr milliseconds longest_rest{5000}; // trials then take 1 % of the time

} // namespace

spread_control::spread_control(std::size_t most, time_point now)
    : most_{std::max<std::size_t>(most, 1)}, settled_{most_}, trial_{most_},
      rest_until_{now}, rest_{first_rest}, period_began_{now} {
  choose_trial();
}

bool spread_control::in_trial() const noexcept {
  const unsigned place = period_ % 4;
  return !resting_ && (place == 1 || place == 2);
}

void spread_control::record(time_point submitted, time_point now) noexcept {
  if (submitted < period_began_)
    return; // most of its time belongs to the period before
  current_.total_us += std::chrono::duration<double, std::micro>{now - submitted}.count();
  ++current_.answers;
}

void spread_control::judge(time_point now) noexcept {
  const auto lasted = now - period_began_;
  if (most_ == 1 || lasted < shortest_period)
    return;
  if (current_.answers < least_answers) {
    if (lasted < longest_period)
      return;
    settled_ = most_; // too little traffic for a choice
    rest_ = first_rest;
    return rest(now);
  }
  if (resting_) {
    if (now < rest_until_)
      return begin_period(now);
    resting_ = false;
    period_ = 0;
    choose_trial();
    return begin_period(now);
  }
  sample& total = in_trial() ? of_trial_ : of_settled_;
  total.total_us += current_.total_us;
  total.answers += current_.answers;
  ++period_;
  const bool hopeless = of_trial_.answers > 0 && of_trial_.mean() > 2 * of_settled_.mean();
  if (period_ == periods || hopeless)
    return conclude(now);
  begin_period(now);
}

void spread_control::conclude(time_point now) noexcept {
  if (of_trial_.mean() > better * of_settled_.mean()) {
    narrower_ = !narrower_; // the other side of the settled one is next
    rest(now);
    rest_ = std::min(2 * rest_, longest_rest);
    return;
  }
  settled_ = trial_;
  rest_ = first_rest;
  period_ = 0;
  choose_trial();
  begin_period(now);
}

void spread_control::rest(time_point now) noexcept {
  resting_ = true;
  rest_until_ = now + rest_;
  begin_period(now);
}

void spread_control::begin_period(time_point now) noexcept {
  period_began_ = now;
  current_ = {};
  if (period_ == 0 || resting_) {
    of_settled_ = {};
    of_trial_ = {};
  }
}

// By one where that is much, by a quarter where one would be little.
void spread_control::choose_trial() noexcept {
  const std::size_t step = std::max<std::size_t>(settled_ / 4, 1);
  if (settled_ == 1)
    narrower_ = false;
  if (settled_ == most_)
    narrower_ = true;
  trial_ = narrower_ ? settled_ - step : std::min(settled_ + step, most_);
}

} // namespace freehold
