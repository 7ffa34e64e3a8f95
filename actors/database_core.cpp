#include "actors/database_core.hpp"

#include "actors/admission.hpp"
#include "actors/gathered_requests.hpp"
#include "actors/requests.hpp"
#include "actors/supervisor.hpp"

#include <caf/abstract_actor.hpp>
#include <caf/actor_cast.hpp>
#include <caf/actor_system.hpp>
#include <caf/send.hpp>
#include <fmt/format.h>

#include <stdexcept>

namespace freehold {

namespace {
// Each is some 2 KB of actors that have ended. Far more than `runtime.supervision`
// lets happen without somebody looking.
constexpr std::size_t most_crews = 1'000;
} // namespace

database_core::database_core(context_ptr of, caf::actor_system& on)
    : context{std::move(of)}, system{on}, latest_{context} {
  context->callers->apply(context->options);
  context->last_good->limit(context->options.fallback);
}

supervisor_actor database_core::start() {
  const std::lock_guard lock{change_guard_};
  if (crews_.size() >= most_crews)
    throw std::runtime_error{fmt::format("its actors were started {} times", most_crews)};
  crew made;
  if (!crews_.empty() && !crews_.back().requests_ended->load()) {
    made.requests = crews_.back().requests;
    made.requests_ended = crews_.back().requests_ended;
  } else {
    made.requests = system.spawn(freehold::requests, latest_);
    made.requests_ended = std::make_shared<std::atomic<bool>>(false);
    caf::actor_cast<caf::abstract_actor*>(made.requests)
        ->attach_functor([ended = made.requests_ended] { ended->store(true); });
  }
  made.supervisor = system.spawn(freehold::supervisor, latest_, made.requests);
  caf::anon_send(made.requests, attend{made.supervisor});
  crews_.push_back(std::move(made));
  current_.store(&crews_.back(), std::memory_order_release);
  return crews_.back().supervisor;
}

void database_core::adopt_context(context_ptr next, bool renew_sessions) {
  const std::lock_guard lock{change_guard_};
  latest_ = std::move(next);
  latest_->callers->apply(latest_->options);
  latest_->last_good->limit(latest_->options.fallback);
  if (crews_.empty() || refuses())
    return;
  caf::anon_send(requests(), adopt{latest_, renew_sessions});
  caf::anon_send(supervisor(), adopt{latest_, renew_sessions});
}

context_ptr database_core::latest_context() const {
  const std::lock_guard lock{change_guard_};
  return latest_;
}

void database_core::refuse(const std::string& why) {
  const std::lock_guard lock{reason_guard_};
  if (refuses())
    return;
  reason_ = why;
  refuses_.store(true, std::memory_order_release); // from here on nobody writes the reason
}

void database_core::end_requests() const {
  caf::anon_send(requests(), stop_requests{});
}

bool database_core::takes(request& what) const {
  if (!refuses())
    return acceptable(what);
  what.fail(errc::stopped, reason_);
  return false;
}

void database_core::submit_request(request_ptr what) const {
  if (takes(*what))
    send_and_run(supervisor(), *context->lent, submit{std::move(what)});
}

void database_core::submit_unawaited(request_ptr what) const {
  if (takes(*what) && !gathered_requests::gather(*context, what))
    send_and_run(supervisor(), *context->lent, submit{std::move(what)});
}

} // namespace freehold
