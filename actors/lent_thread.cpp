#include "actors/lent_thread.hpp"

#include <caf/actor_system.hpp>
#include <caf/resumable.hpp>
#include <caf/scheduler/abstract_coordinator.hpp>

namespace freehold::detail {

void woken_actor::run(caf::actor_system& system) {
  if (woken_ == nullptr)
    return;
  // Nobody else can run it, hence end it, before we did: so this is in time.
  count_.enter();
  // What the actor wakes in its turn goes to the scheduler, also after we returned.
  caf::execution_unit* const host = system.dummy_execution_unit();
  // The reference belongs to whoever runs it, as in CAF's own workers (caf/scheduler/worker.hpp).
  if (woken_->resume(host, system.scheduler().max_throughput()) == caf::resumable::resume_later)
    system.scheduler().enqueue(woken_);
  else
    caf::intrusive_ptr_release(woken_);
  count_.leave();
}

} // namespace freehold::detail
