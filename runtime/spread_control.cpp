#include "runtime/spread_control.hpp"

#include <algorithm>
#include <numeric>

namespace freehold {

using std::chrono::milliseconds;

namespace {

constexpr milliseconds shortest_period{10}; // many batches, even over a network
constexpr milliseconds longest_period{1000};
constexpr std::size_t least_answers = 100;
constexpr double better = 0.97;
constexpr milliseconds first_rest{200};
constexpr milliseconds longest_rest{5000}; // trials then take 1 % of the time

} // namespace

double spread_control::record_of_periods::better_half() const noexcept {
  std::array<double, periods / 2> sorted = means_;
  const auto end = sorted.begin() + static_cast<std::ptrdiff_t>(count_);
  std::sort(sorted.begin(), end);
  const auto half = static_cast<std::ptrdiff_t>((count_ + 1) / 2);
  return std::accumulate(sorted.begin(), sorted.begin() + half, 0.0) / static_cast<double>(half);
}

spread_control::spread_control(std::size_t most, time_point now)
    : most_{std::max<std::size_t>(most, 1)}, settled_{most_}, trial_{most_},
      rest_until_{now}, rest_{first_rest}, period_began_{now}, present_since_{now} {
  choose_trial();
}

bool spread_control::in_trial() const noexcept {
  const unsigned place = period_ % 4;
  return !resting_ && (place == 1 || place == 2);
}

void spread_control::present(std::size_t requests, time_point now) noexcept {
  current_.present_us += static_cast<double>(present_) *
                         std::chrono::duration<double, std::micro>{now - present_since_}.count();
  present_ = requests;
  present_since_ = now;
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
  (in_trial() ? of_trial_ : of_settled_).add(current_.mean());
  ++period_;
  const bool hopeless =
      of_trial_.count() >= 2 && of_trial_.better_half() > 2 * of_settled_.better_half();
  if (period_ == periods || hopeless)
    return conclude(now);
  begin_period(now);
}

void spread_control::conclude(time_point now) noexcept {
  if (of_trial_.better_half() > better * of_settled_.better_half()) {
    narrower_ = !narrower_; // the other side of the settled one is next
    ++rejected_;
    rest(now);
    rest_ = std::min(2 * rest_, longest_rest);
    return;
  }
  settled_ = trial_;
  rejected_ = 0;
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
  present_since_ = now;
  current_ = {};
  if (period_ == 0 || resting_) {
    of_settled_ = {};
    of_trial_ = {};
  }
}

// By one at least, where half or a quarter is less.
void spread_control::choose_trial() noexcept {
  const std::size_t step = std::max<std::size_t>(settled_ / (rejected_ < 2 ? 2 : 4), 1);
  if (settled_ == 1)
    narrower_ = false;
  if (settled_ == most_)
    narrower_ = true;
  trial_ = narrower_ ? settled_ - step : std::min(settled_ + step, most_);
}

} // namespace freehold
