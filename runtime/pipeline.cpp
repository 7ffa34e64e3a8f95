#include "runtime/pipeline.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cassert>
#include <utility>

namespace freehold {

std::vector<attempt_failure> pipeline::run(const std::vector<request_ptr>& batch) {
  for (auto first = batch.begin(); first != batch.end();) {
    const auto last = end_of_round(first, batch.end());
    std::vector<work> works;
    works.reserve(static_cast<std::size_t>(last - first));
    for (; first != last; ++first) {
      ++(*first)->attempts;
      (*first)->took = {}; // of an earlier attempt
      works.push_back({.what = first->get(), .owned = &*first});
    }
    run_round(std::move(works));
  }
  state_.names.end_batch();
  return std::exchange(failures_, {});
}

// PgBouncer before 1.21 takes a backend for free at its first answer to a Sync, also when it has
// more of the same client's to work at. If the client goes away then, the next one gets the
// answers that were not for it. So there is never more than one Sync under way behind a pooler
// that is not known to be younger: it would not be us who suffer, but others for our sake.
pipeline::batch_iterator pipeline::end_of_round(batch_iterator first, batch_iterator end) const {
  if (!state_.server.pooler || state_.server.pooler_tracks_statements)
    return end;
  if (!shares_sync(**first))
    return first + 1;
  return std::find_if_not(first, end, [this](const request_ptr& r) { return shares_sync(*r); });
}

void pipeline::run_round(std::vector<work> works) {
  while (!works.empty()) {
    for (const work& w : works)
      w.what->mark_sent(!state_.lost()); // before the clock is read: see request::sent
    const time_point now = session_.now();
    std::erase_if(works, [now](const work& w) { return !sendable(*w.what, now); });
    if (state_.lost()) {
      for (work& w : works)
        report_lost(w);
      break;
    }
    send(works);
    receive(works);
    std::vector<work> again;
    settle(works, again);
    works = std::move(again);
  }
}

void pipeline::receive(std::vector<work>& works) {
  cancelled_at_.reset();
  time_point wake = next_event(works);
  while (next_ < expected_.size()) {
    session_reply reply = next_reply(wake);
    if (reply.kind == reply_kind::timed_out || reply.kind == reply_kind::interrupted) {
      watch(works);
      if (state_.lost())
        return;
      wake = next_event(works);
      continue;
    }
    const bool fatal = reply.kind == reply_kind::lost ||
                       (reply.kind == reply_kind::failed && ends_session(*reply.why));
    if (fatal) {
      state_.lose(*reply.why);
      return;
    }
    if (std::exchange(quiet_, false)) // it may go on, or fall silent again
      heard_ = session_.now();
    const expected e = expected_[next_++];
    take(works, e, std::move(reply));
    if (e.what == part::sync && (cancelled_at_ || any_late_)) {
      cancelled_at_.reset(); // it hit this group, or nobody
      wake = next_event(works);
    }
  }
}

session_reply pipeline::next_reply(time_point wake) {
  constexpr std::chrono::milliseconds moment{1};
  const time_point quiet_at = std::max(previous_, heard_) + moment;
  if (on_quiet_ && !quiet_ && quiet_at < wake) {
    session_reply reply = session_.next(quiet_at);
    if (reply.kind != reply_kind::timed_out)
      return reply;
    quiet_ = true;
    on_quiet_();
  }
  return session_.next(wake);
}

void pipeline::take(std::vector<work>& works, const expected& e, session_reply&& reply) {
  if (e.what == part::sync) {
    // An error that comes with the Sync itself (a deferred constraint) belongs to its group.
    if (reply.kind == reply_kind::failed) {
      --next_; // the Sync itself is still to come
      for (std::size_t i = e.first; i < e.step; ++i) {
        if (works[i].failed == reply_kind::result) {
          works[i].failed = reply_kind::failed;
          works[i].why = std::make_unique<const server_error>(*reply.why);
          works[i].failed_step = works[i].what->steps.size();
        }
      }
      return;
    }
    if (reply.unconfirmed)
      doubt(works, e.first, e.step);
    conclude(works, e.first, e.step);
    return;
  }
  if (e.what == part::close) {
    state_.close_answered(reply);
    // Gone already; what was skipped because of it is sent again.
    if (reply.kind == reply_kind::failed && reply.why->sqlstate == "26000")
      reply.kind = reply_kind::skipped;
  }
  work& w = works[e.first];
  if (reply.kind == reply_kind::result) {
    if (e.what == part::prepare)
      state_.names.confirm(w.what->step(e.step).what);
    if (e.what != part::execute || e.step == request::settings_step)
      return;
    if (w.what->kind == request_kind::script)
      w.of_steps.push_back(std::move(reply.rows));
    else if (shares_sync(*w.what))
      w.what->succeed(std::move(reply.rows));
    else
      w.rows = std::move(reply.rows);
    return;
  }
  take_failure(w, e, std::move(reply));
}

void pipeline::take_failure(work& w, const expected& e, session_reply&& reply) {
  // The session may have cancelled what grew too large, and hit its neighbour.
  if (reply.kind == reply_kind::too_large)
    cancelled_in_round_ = true;
  // A name that was not prepared must not be closed later. `heal` forgets the others.
  if (e.what == part::prepare && !is_surprise(reply)) {
    state_.names.forget(w.what->step(e.step).what, *e.name);
  }
  if (w.failed != reply_kind::result)
    return; // only the first failure tells
  w.failed = reply.kind;
  w.failed_step = e.step;
  w.name = e.name;
  w.why = std::move(reply.why);
}

// A success that no standby has confirmed is none.
void pipeline::doubt(const std::vector<work>& works, std::size_t first, std::size_t last) {
  for (std::size_t i = first; i < last; ++i) {
    const work& w = works[i];
    if (w.failed != reply_kind::result || w.what->effect() == effect::read_only)
      continue;
    const error why = unconfirmed_commit();
    w.what->fail(why.code, why.message, why.fate);
  }
}

void pipeline::conclude(std::vector<work>& works, std::size_t first, std::size_t last) {
  const time_point now = session_.now();
  const auto took = std::chrono::duration_cast<std::chrono::microseconds>(now - previous_);
  previous_ = now;
  quiet_ = false;
  for (std::size_t i = first; i < last; ++i) {
    works[i].what->took = took;
    works[i].what->confirmed = now;
    works[i].what->company = static_cast<std::uint32_t>(last - first);
    conclude(works[i]);
  }
}

// Its Sync is confirmed: what it did is committed, or rolled back.
void pipeline::conclude(work& w) {
  w.synced = true;
  if (w.failed != reply_kind::result || w.what->answered())
    return;
  if (w.what->kind == request_kind::script)
    w.what->succeed(std::move(w.of_steps));
  else
    w.what->succeed(std::move(w.rows));
}

void pipeline::settle(std::vector<work>& works, std::vector<work>& again) {
  expected_.clear();
  next_ = 0;
  for (work& w : works) {
    if (w.what->answered())
      continue;
    if (state_.lost() && !w.synced && w.failed == reply_kind::result) {
      report_lost(w);
    } else if (w.failed == reply_kind::skipped || repeat_here(w)) {
      w.what->mark_sent(false); // the server said that it has no effect
      again.push_back(std::move(w));
    } else {
      report(w);
    }
  }
}

bool pipeline::repeat_here(work& w) {
  if (w.failed != reply_kind::failed)
    return false;
  // A backend that lost all its names has each step of a script fail in turn.
  if (w.what->has_step(w.failed_step) && w.healed < 2 + w.what->steps.size() &&
      state_.heal(w.what->step(w.failed_step).what, w.name, *w.why)) {
    ++w.healed;
    return true;
  }
  // Hit by the cancellation of its neighbour: the signal knows no request.
  w.was_hit = w.why->sqlstate == "57014" && !w.cancelled && cancelled_in_round_;
  return w.was_hit;
}

void pipeline::report(work& w) {
  if (w.failed == reply_kind::too_large) {
    // Without the server's refusal it ran to its end, and only its result is missing.
    const bool ran = w.why->sqlstate.empty() && w.what->effect() != effect::read_only;
    w.what->fail(errc::result_too_large,
                 fmt::format("the result passed {} bytes; stream it, or raise "
                             "statements.result_limit{}",
                             options_.result_limit,
                             ran ? ". What the statement wrote has taken effect" : ""),
                 ran ? fate::unknown : fate::rolled_back);
    return;
  }
  error why = describe_refusal(*w.what, w.failed_step, *w.why, w.cancelled);
  const failure_class kind = classify(*w.why);
  const bool role = kind == failure_class::role && state_.role_changed();
  if (kind == failure_class::transaction || role) {
    w.what->mark_sent(false); // the server said that it has no effect
    failures_.push_back({*w.owned, std::move(why), kind});
  } else {
    w.what->fail(std::move(why));
  }
}

void pipeline::report_lost(work& w) {
  const bool sent = w.what->sent();
  const bool doubt = sent && w.what->effect() != effect::read_only;
  error why = w.what->describe(
      doubt ? errc::outcome_unknown : errc::connection_lost,
      fmt::format("the session ended {}: {}",
                  doubt  ? "before the server confirmed the statement; it may or may not have run"
                  : sent ? "before the answer"
                         : "before the statement was sent",
                  state_.lost_because),
      !sent   ? fate::not_sent
      : doubt ? fate::unknown
              : fate::rolled_back);
  failures_.push_back({*w.owned, std::move(why), failure_class::connection_fatal});
}

} // namespace freehold
