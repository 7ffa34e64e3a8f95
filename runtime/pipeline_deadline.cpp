// Of a pipeline: who is late, who is no longer wanted, and what to do about it.

#include "runtime/pipeline.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace freehold {

session::time_point pipeline::next_event(const std::vector<work>& works) {
  const time_point now = session_.now();
  time_point earliest = now + look_again; // whoever gives up waiting tells nobody
  bool any_due = false; // answered ones included: the server may be at work at them
  any_late_ = false;
  for (const work& w : works) {
    const time_point soft = cancel_time(*w.what);
    const bool late = soft <= now && !w.cancelled;
    any_due = any_due || late;
    if (w.what->answered())
      continue;
    any_late_ = any_late_ || late;
    earliest = std::min(earliest, late || w.cancelled ? w.what->deadline : soft);
  }
  if (cancelled_at_)
    return std::min(earliest, *cancelled_at_ + options_.cancel_grace);
  return any_due && !to_cancel(works, now, false).empty() ? now : earliest;
}

bool pipeline::is_to_cancel(const work& w, bool unless_wanted, time_point now) {
  if (w.cancelled)
    return false;
  return now >= cancel_time(*w.what) || (unless_wanted && w.what->unwanted());
}

// The late ones of what the server works at. It keeps its answers back until the
// Sync, so that each whose answer is missing may be the one that runs.
//
// What is no longer wanted holds the answers of its company back as what is late does. Who is hit
// in its place runs again, but nobody more than once for it: else a crowd that gives up could keep
// somebody from ever being answered.
std::vector<std::size_t> pipeline::to_cancel(const std::vector<work>& works, time_point now,
                                             bool unwanted_too) const {
  std::vector<std::size_t> late;
  if (cancelled_at_)
    return late;
  const auto end = std::find_if(unanswered(), expected_.end(),
                                [](const expected& e) { return e.what == part::sync; });
  const bool may_hit = unwanted_too && std::none_of(unanswered(), end, [&](const expected& e) {
                         return works[e.first].was_hit;
                       });
  for (auto e = unanswered(); e != end; ++e) {
    const bool runs = e->first == unanswered()->first;
    if (e->what == part::execute &&
        is_to_cancel(works[e->first], unwanted_too && (runs || may_hit), now))
      late.push_back(e->first);
  }
  return late;
}

// Time has passed or somebody called: who is late, and who is no longer wanted?
void pipeline::watch(std::vector<work>& works) {
  const time_point now = session_.now();
  if (cancelled_at_ && now >= *cancelled_at_ + options_.cancel_grace) {
    state_.lose(fmt::format("the server did not react to a cancellation within {} ms "
                            "(statements.cancel_grace)",
                            options_.cancel_grace.count()));
    return;
  }
  for (work& w : works) {
    if (w.what->answered() || now < w.what->deadline)
      continue;
    const bool doubt = w.what->effect() != effect::read_only;
    quiet_ = false; // whoever is answered may ask for more
    w.what->fail(errc::deadline_exceeded,
                 doubt ? "the deadline passed before the server's answer; it may still take effect"
                       : "the deadline passed before the server's answer",
                 doubt ? fate::unknown : fate::rolled_back);
  }
  cancel_late(works);
}

void pipeline::cancel_late(std::vector<work>& works) {
  const std::vector<std::size_t> late = to_cancel(works, session_.now(), true);
  if (late.empty())
    return;
  for (const std::size_t index : late)
    works[index].cancelled = true;
  cancelled_at_ = session_.now();
  cancelled_in_round_ = true;
  session_.cancel();
}

} // namespace freehold
