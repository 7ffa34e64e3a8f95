// Actors of a database that ended although nobody expected it: defects.

#include "actors/supervisor.hpp"

#include <caf/send.hpp>
#include <fmt/format.h>

namespace freehold {

// Only a defect, or a kill, leaves it connections here. Whoever takes its place has
// others, and dropping the last handle would close the session on this thread.
pool_supervisor::~pool_supervisor() {
  for (const auto& [id, m] : members_)
    caf::anon_send(m.handle, close_session{});
}

void pool_supervisor::on_down(const caf::down_msg& down) {
  std::erase_if(stuck_,
                [&](const connection_actor& each) { return each.address() == down.source; });
  for (const auto& [id, m] : members_) {
    if (m.handle.address() != down.source)
      continue;
    // It did not say farewell: a defect, or it was killed.
    ++totals_.sessions_lost_total;
    context_->log->error({.connection = id}, "the connection ended without a word: {}",
                         self_->system().render(down.reason));
    give_back(members_.at(id), "its actor ended");
    forget(id);
    if (!defects_->restart(now()))
      return fail(fmt::format("more than {} connections ended without a word in {} ms "
                              "(runtime.supervision)",
                              context_->supervision.restarts,
                              context_->supervision.period.count()));
    dispatch_soon();
    break;
  }
  if (down.source == requests_.address())
    return fail("its requests actor ended: " + self_->system().render(down.reason));
  if (stop_at_)
    continue_stop(now());
}

// Whoever supervises it starts another in its place.
void pool_supervisor::fail(const std::string& why) {
  context_->log->error("the database gives up: {}", why);
  error told;
  told.code = errc::internal;
  told.message = why;
  self_->quit(to_caf_error(std::make_shared<const error>(std::move(told))));
}

} // namespace freehold
