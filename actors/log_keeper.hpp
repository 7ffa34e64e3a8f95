// Sees to it that what the log counted is told in time, also when nothing more
// is logged.
#pragma once

#include "runtime/event_log.hpp"
#include "runtime/repeat_sink.hpp"

#include <caf/allowed_unsafe_message_type.hpp>
#include <caf/replies_to.hpp>
#include <caf/typed_actor.hpp>
#include <caf/typed_event_based_actor.hpp>

#include <memory>

namespace freehold {

/// From the sink, when it began to count; and to itself, when that is due.
struct tell_repeats {};

using log_keeper_actor = caf::typed_actor<caf::reacts_to<tell_repeats>>;

log_keeper_actor::behavior_type log_keeper(log_keeper_actor::pointer self,
                                           const std::shared_ptr<repeat_sink>& sink,
                                           const event_log& log);

} // namespace freehold

CAF_ALLOW_UNSAFE_MESSAGE_TYPE(freehold::tell_repeats)
