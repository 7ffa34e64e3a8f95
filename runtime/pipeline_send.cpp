// Of a pipeline: what may be sent, and with which Sync.

#include "runtime/pipeline.hpp"

namespace freehold {

// Answers what is not to be sent: nobody waits, it is too late, or it cannot be said.
bool pipeline::sendable(request& what, time_point now) {
  if (what.answered())
    return false;
  if (what.unwanted()) {
    what.fail(errc::cancelled, "nobody waited for it any more");
    return false;
  }
  if (now >= what.deadline) {
    what.fail(errc::deadline_exceeded, "the deadline passed before it was sent");
    return false;
  }
  for (const bound_statement& step : what.steps) {
    if (std::optional<std::string> problem = unsendable(step)) {
      what.fail(errc::bad_parameter, *std::move(problem));
      return false;
    }
  }
  return true;
}

bool pipeline::shares_sync(const request& what) const noexcept {
  return what.kind == request_kind::execute && what.effect() == effect::read_only &&
         !what.settings && !state_.server.strict_isolation;
}

void pipeline::send(std::vector<work>& works) {
  previous_ = session_.now();
  quiet_ = false;
  cancelled_in_round_ = false;
  expected_.reserve(works.size() + 1); // of reads that share a Sync; others bring more
  std::size_t shared_from = 0;         // reads since the last Sync
  const auto close_group = [&](std::size_t until) {
    if (shared_from == until)
      return;
    session_.sync();
    expected_.push_back({part::sync, shared_from, until, nullptr});
    shared_from = until;
  };
  for (std::size_t i = 0; i < works.size(); ++i) {
    const bool shares = shares_sync(*works[i].what);
    if (!shares)
      close_group(i);
    send_one(works[i], i);
    if (!shares)
      close_group(i + 1);
  }
  close_group(works.size());
}

void pipeline::send_one(work& w, std::size_t index) {
  w.of_steps.clear();
  w.failed = reply_kind::result;
  w.synced = false;
  w.cancelled = false;
  if (w.what->settings)
    send_step(w, index, request::settings_step);
  for (std::size_t step = 0; step < w.what->steps.size(); ++step)
    send_step(w, index, step);
}

void pipeline::send_step(const work& w, std::size_t index, std::size_t step) {
  const bound_statement& bound = w.what->step(step);
  bool prepared = false;
  std::size_t closes = 0;
  const std::string* name = state_.name(session_, bound.what, prepared, closes);
  for (; closes > 0; --closes)
    expected_.push_back({part::close, index, step, nullptr});
  if (prepared)
    expected_.push_back({part::prepare, index, step, name});
  if (name != nullptr)
    session_.execute_prepared(*name, bound.values);
  else
    session_.execute_unnamed(bound.what.sql(), bound.values);
  expected_.push_back({part::execute, index, step, name});
}

} // namespace freehold
