// Of a pipeline: who is late, who is no longer wanted, and what to do about it.

#include "runtime/pipeline.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace freehold {

using clock = std::chrono::steady_clock;

session::time_point pipeline::next_event(const std::vector<work>& works) const {
  const time_point now = clock::now();
  time_point earliest = now + std::chrono::hours{1};
  if (cancelled_at_)
    earliest = *cancelled_at_ + options_.cancel_grace;
  else if (!to_cancel(works).empty())
    return now;
  for (const work& w : works) {
    if (w.what->answered())
      continue;
    const time_point soft = cancel_time(*w.what);
    earliest = std::min(earliest, soft > now && !w.cancelled ? soft : w.what->deadline);
  }
  return earliest;
}

bool pipeline::is_to_cancel(const std::vector<work>& works, std::size_t index) const {
  const work& w = works[index];
  if (w.cancelled)
    return false;
  const bool unwanted = index == expected_.front().first && w.what->unwanted();
  return unwanted || clock::now() >= cancel_time(*w.what);
}

// The late ones of what the server works at. It keeps its answers back until the
// Sync, so that each whose answer is missing may be the one that runs.
std::vector<std::size_t> pipeline::to_cancel(const std::vector<work>& works) const {
  std::vector<std::size_t> late;
  if (cancelled_at_)
    return late;
  for (const expected& e : expected_) {
    if (e.what == part::sync)
      break;
    if (e.what == part::execute && is_to_cancel(works, e.first))
      late.push_back(e.first);
  }
  return late;
}

// Time has passed or somebody called: who is late, and who is no longer wanted?
void pipeline::watch(std::vector<work>& works) {
  const time_point now = clock::now();
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
    w.what->fail(errc::deadline_exceeded,
                 doubt ? "the deadline passed before the server's answer; it may still take effect"
                       : "the deadline passed before the server's answer",
                 doubt ? fate::unknown : fate::rolled_back);
  }
  cancel_late(works);
}

void pipeline::cancel_late(std::vector<work>& works) {
  const std::vector<std::size_t> late = to_cancel(works);
  if (late.empty())
    return;
  for (const std::size_t index : late)
    works[index].cancelled = true;
  cancelled_at_ = clock::now();
  cancelled_in_round_ = true;
  session_.cancel();
}

} // namespace freehold
