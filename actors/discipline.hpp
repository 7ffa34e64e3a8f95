// What every actor of ours installs, so that CAF's defaults, which print to
// stdout and swallow, are never reached.
#pragma once

#include "runtime/event_log.hpp"

#include <caf/error.hpp>
#include <caf/exit_reason.hpp>
#include <caf/message.hpp>
#include <caf/message_view.hpp>
#include <caf/scheduled_actor.hpp>
#include <caf/type_erased_tuple.hpp>
#include <caf/typed_event_based_actor.hpp>

#include <exception>
#include <memory>

namespace freehold {

/// An exception that leaves a handler is a defect: it is logged with the actor's
/// name and ends the actor, and whoever watches it decides.
template <class Self>
void install_discipline(Self* self, const event_log& log) {
  self->set_exception_handler([self, log](std::exception_ptr& thrown) -> caf::error {
    try {
      std::rethrow_exception(thrown);
    } catch (const std::exception& why) {
      log->error("{} ends on an exception: {}", self->name(), why.what());
    } catch (...) { // not an exception of ours; its type cannot be told
      log->error("{} ends on an exception of an unknown type", self->name());
    }
    return caf::exit_reason::unhandled_exception;
  });
  self->set_error_handler([self, log](caf::scheduled_actor*, caf::error& why) {
    log->error("{} got an error it did not expect: {}", self->name(), self->system().render(why));
  });
  self->set_default_handler([log](caf::scheduled_actor* who, caf::message_view& what) {
    log->error("{} dropped a message it does not know: {}", who->name(),
               what.content().stringify());
    return caf::result<caf::message>{caf::sec::unexpected_message};
  });
}

} // namespace freehold
