// Who is taken on, and who is told at once that it makes no sense to wait.

#include "actors/supervisor.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace freehold {

using std::chrono::milliseconds;

namespace {

constexpr std::size_t most_names = 10'000; // statements whose names are held to one text

// A pipeline holds so much work that its last statement begins before long: as much as one
// statement may be that is still let into pipelines. To join one saves a round trip and the
// hand-over; to a statement that takes a quarter of that limit it is not worth the wait.
std::uint16_t depth_for(double share_us, std::size_t unknown, const database_options& options) {
  const auto most = static_cast<double>(options.pool.pipeline_depth);
  if (share_us <= 0.0)
    return static_cast<std::uint16_t>(std::min(options.pool.pipeline_depth, unknown));
  const double fit =
      std::chrono::duration<double, std::micro>{options.statements.slow_threshold}.count() /
      share_us;
  if (fit < 4.0)
    return 1;
  return static_cast<std::uint16_t>(std::clamp(fit, 1.0, most));
}

} // namespace

void pool_supervisor::turn_away(request_ptr what, errc code, std::string message, fate known) {
  error why = what->describe(code, std::move(message), known);
  self_->send(requests_, turned_away{std::move(what), std::move(why)});
}

// False when another statement was declared under one of its names.
bool pool_supervisor::name_is_free(const request& what) {
  for (const bound_statement& step : what.steps) {
    const std::uint64_t identity = step.what.identity();
    if (identity == latest_declared_)
      continue;
    if (declared_.count(identity) == 0) {
      const auto [known, added] = names_.try_emplace(step.what.name(), identity);
      if (known->second != identity)
        return false;
      if (added && names_.size() > most_names) {
        names_.erase(known);
        continue;
      }
      declared_.insert(identity);
    }
    latest_declared_ = identity;
  }
  return true;
}

request_queue& pool_supervisor::queue_for(request& what) {
  if (what.kind == request_kind::function || what.kind == request_kind::lease)
    return alone_;
  const database_options& options = context_->options;
  service_times::verdict known;
  if (what.kind == request_kind::execute)
    known = times_.judge(what.steps.front().what.identity(), options.statements.slow_threshold);
  what.depth = depth_for(known.share_us, usual_depth, options);
  return known.slow ? alone_ : shared_;
}

request_queue::place pool_supervisor::place_of(const request& what) {
  return {what.priority, what.flow};
}

void pool_supervisor::admit(request_ptr what, time_point at) {
  ++totals_.requests_total;
  if (stop_at_) {
    statistics_.failed();
    return turn_away(what, errc::stopped, "the runtime is stopping");
  }
  if (!name_is_free(*what)) {
    statistics_.failed();
    return turn_away(what, errc::statement_conflict,
                     fmt::format("the name \"{}\" was used with different SQL before; give each "
                                 "statement a name of its own",
                                 what->name()));
  }
  if (!breaker_->admits())
    return refuse_for_circuit(what, at);
  if (waiting() >= queue_length())
    dispatch_waiting();
  request_queue& queue = queue_for(*what);
  const auto place = place_of(*what);
  if (queue.refuses(place, context_->options.shedding, at))
    return shed(what, at);
  if (waiting() >= queue_length() && !make_room(queue, place)) {
    ++totals_.refused_total;
    return turn_away(
        what, errc::queue_full,
        fmt::format("{} requests wait already (pool.queue_length); {}", waiting(), exhaustion(at)));
  }
  if (what->attempts > 0)
    ++totals_.retries_total;
  what->queued = at;
  wake_at(std::min({what->deadline, at + context_->options.pool.acquire_timeout, at + look_again}));
  queue.push(std::move(what), place, at);
}

// Where the queue is full, whoever takes more of it than the newcomer's flow does
// gives a place; so does whoever is less important.
bool pool_supervisor::make_room(const request_queue& queue, request_queue::place place) {
  const request_queue::weight shared = shared_.heaviest();
  const request_queue::weight alone = alone_.heaviest();
  const bool from_alone =
      alone.length > 0 && (shared.length == 0 || alone.priority > shared.priority ||
                           (alone.priority == shared.priority && alone.length > shared.length));
  const request_queue::weight& heavy = from_alone ? alone : shared;
  const bool gives = heavy.priority > place.priority ||
                     (heavy.priority == place.priority && heavy.length > queue.length(place) + 1);
  if (!gives)
    return false;
  request_ptr out = (from_alone ? alone_ : shared_).take_from(heavy);
  if (out->unwanted())
    return true;
  ++totals_.refused_total;
  turn_away(
      std::move(out), errc::queue_full,
      fmt::format("{} requests wait (pool.queue_length), {} of them in its line; it made room "
                  "for one that is {}",
                  waiting() + 1, heavy.length,
                  heavy.priority > place.priority ? "more important"
                                                  : "of somebody who waits for less"));
  return true;
}

void pool_supervisor::shed(const request_ptr& what, time_point at) {
  ++totals_.shed_total;
  const shedding_options& limits = context_->options.shedding;
  error why = what->describe(
      errc::overloaded,
      fmt::format("requests have waited longer than {} ms (shedding.target) for {} ms "
                  "(shedding.interval) and more; {}",
                  limits.target.count(), limits.interval.count(), exhaustion(at)),
      fate::not_sent);
  why.retry_after = limits.interval;
  self_->send(requests_, turned_away{what, std::move(why)});
}

} // namespace freehold
