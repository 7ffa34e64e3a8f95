#include "runtime/supervision_plan.hpp"

#include <cassert>
#include <utility>

namespace freehold {

using action = supervision_step::action;

supervision_plan::supervision_plan(restart_strategy strategy, restart_intensity limit,
                                   const std::vector<restart_policy>& children)
    : strategy_{strategy}, limit_{std::move(limit)} {
  for (const restart_policy each : children)
    members_.push_back({each});
}

supervision_step supervision_plan::next() {
  for (const member& each : members_)
    if (each.is == phase::stopping)
      return {action::wait, 0};
  for (std::size_t i = members_.size(); i-- > 0;) {
    if (members_[i].is == phase::up && (ending_ || members_[i].doomed)) {
      members_[i].is = phase::stopping;
      return {action::stop, i};
    }
  }
  if (ending_)
    return {action::finish, 0};
  for (std::size_t i = 0; i < members_.size(); ++i)
    if (members_[i].is == phase::wanted)
      return {action::start, i};
  return {action::wait, 0};
}

void supervision_plan::started(std::size_t child) {
  assert(members_.at(child).is == phase::wanted);
  members_[child].is = phase::up;
}

consequence supervision_plan::start_failed(std::size_t child, time_point now) {
  assert(members_.at(child).is == phase::wanted);
  return fell(child, child_end::abnormal, now);
}

consequence supervision_plan::ended(std::size_t child, child_end how, time_point now) {
  member& one = members_.at(child);
  assert(one.is == phase::up || one.is == phase::stopping);
  const bool expected = std::exchange(one.doomed, false) || one.is == phase::stopping || ending_;
  if (!expected)
    return fell(child, how, now);
  const bool again = !ending_ && one.restart != restart_policy::temporary;
  one.is = again ? phase::wanted : phase::down;
  return consequence::expected;
}

bool supervision_plan::will_start(std::size_t child) const {
  const member& one = members_.at(child);
  return !ending_ &&
         (one.is == phase::wanted || (one.doomed && one.restart != restart_policy::temporary));
}

consequence supervision_plan::fell(std::size_t child, child_end how, time_point now) {
  member& one = members_[child];
  one.is = phase::down;
  if (one.restart == restart_policy::temporary ||
      (one.restart == restart_policy::transient && how == child_end::normal))
    return consequence::left;
  if (!limit_.restart(now)) {
    ending_ = true;
    failed_ = true;
    return consequence::escalate;
  }
  one.is = phase::wanted;
  doom_siblings(child);
  return consequence::restart;
}

void supervision_plan::doom_siblings(std::size_t of) {
  if (strategy_ == restart_strategy::one_for_one)
    return;
  const std::size_t first = strategy_ == restart_strategy::rest_for_one ? of + 1 : 0;
  for (std::size_t i = first; i < members_.size(); ++i) {
    member& each = members_[i];
    each.doomed = each.is == phase::up || each.is == phase::stopping;
    if (each.is == phase::down && each.restart != restart_policy::temporary)
      each.is = phase::wanted;
  }
}

} // namespace freehold
