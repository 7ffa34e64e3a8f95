// What happens once: the first session of a database, and the first answer of all.

#include "actors/connection.hpp"
#include "runtime/dead_sessions.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

namespace freehold {

// Behind a pooler the sessions on the server are the pooler's, whatever their names say, and it
// ends those of clients that are gone by itself.
void session_owner::end_dead_runs() {
  if (!context_->identity || state_->server.pooler || context_->reap->exchange(false) == false)
    return;
  const request work = housekeeping(context_->options.connect.timeout);
  try {
    conversation talk{*session_, *state_, context_->options.statements, work};
    const std::vector<std::int32_t> ended = end_dead_sessions(talk, *context_->identity);
    if (!ended.empty())
      context_->log->info({.connection = id_},
                          "ended {} sessions that a run of this service left on the server when "
                          "its process died (runtime.reap_dead_sessions): server processes {}",
                          ended.size(), fmt::join(ended, ", "));
  } catch (const failure& why) {
    context_->log->warn({.connection = id_},
                        "sessions of dead runs of this service could not be ended "
                        "(runtime.reap_dead_sessions); they stay until the server notices: {}",
                        why.why().message);
  }
  finish_if_lost();
}

void session_owner::log_first(const request& what, session::time_point at) const {
  if (!context_->first || !what.answered() || !context_->first->answered(at))
    return;
  const auto took = context_->first->took().value();
  context_->log->info({.query = format_query_id(what.id),
                       .connection = id_,
                       .statement = what.name(),
                       .time = took},
                      "the first query was answered {} ms after the start", took.count() / 1000);
}

} // namespace freehold
