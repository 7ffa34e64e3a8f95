// Callers that hold a lease: over some time, too long, or longer than they may.

#include "actors/admission.hpp"
#include "tests/simulation/callers.hpp"

#include <caf/send.hpp>

namespace freehold::simulation {

void callers::ask_lease() {
  transaction_options how;
  how.request.timeout = random_.time(5, 2000);
  asked& who = note(request_kind::lease, effect::idempotent, "lease", *how.request.timeout);
  const request_ptr what = make_alone(*core_->context, request_kind::lease, how, answer_to(who));
  what->transactional_lease = random_.chance(0.5);
  who.in_transaction = what->transactional_lease;
  send(who, what, false);
}

void callers::begin_lease(std::uint64_t id, std::shared_ptr<lease_grant> grant) {
  asked& who = all_[id - 1];
  if (who.abandoned || left_) {
    who.over = true;
    return; // the grant ends here, as it does with a future that was dropped
  }
  lease_user user{};
  user.grant = std::move(grant);
  user.timeout = random_.time(5, 1000);
  user.left = random_.below(5);
  user.transactional = who.in_transaction;
  user.commits = user.transactional && random_.chance(0.7);
  user.opens_block = !user.transactional && random_.chance(0.3);
  leases_.emplace(id, std::move(user));
  time_.at(time_.now() + random_.time(0, 20), [this, id] { use_lease(id); });
}

void callers::use_lease(std::uint64_t id) {
  const auto found = leases_.find(id);
  if (found == leases_.end())
    return;
  lease_user& user = found->second;
  if (user.left == 0)
    return end_lease(id, user);
  --user.left;
  run_on_lease(id, user, std::exchange(user.opens_block, false));
  const milliseconds pause = random_.chance(0.1) ? random_.time(0, 1500) : random_.time(0, 20);
  time_.at(time_.now() + pause, [this, id] { use_lease(id); });
}

void callers::run_on_lease(std::uint64_t id, lease_user& user, bool block) {
  const auto effect =
      block ? effect::writes : random_.one_of({effect::read_only, effect::writes, effect::writes});
  const statement what = block ? statement{"begin", "BEGIN"} : some_statement(effect);
  asked& who = note(request_kind::execute, effect,
                    "on lease " + std::to_string(id) + ": " + what.name(), user.timeout);
  who.lease = id;
  user.in_block = user.in_block || block;
  who.in_transaction = user.transactional || user.in_block;
  bound_statement bound = block ? bound_statement{what, {}} : numbered(what, who.id);
  if (!block) {
    who.echo = fmt::format("{}|{}|0", what.sql(), who.id);
    if (effect == effect::writes)
      who.writes.push_back(who.echo);
  }
  request_options how;
  how.timeout = user.timeout;
  const request_ptr made = make_leased(*core_->context, std::move(bound), how, answer_to(who));
  who.alive = made;
  trace_("request {} is made: {}", who.id, who.what);
  user.grant->used.store(true);
  caf::anon_send(user.grant->connection,
                 lease_execute{user.grant->number, user.grant->origin, made});
}

void callers::end_lease(std::uint64_t id, lease_user& user) {
  if (user.commits) {
    asked& who = note(request_kind::function, effect::writes,
                      "commit of lease " + std::to_string(id), milliseconds{0});
    who.lease = id;
    who.commits = true;
    const request_ptr made = make_lease_commit(*core_->context, answer_to(who));
    who.deadline = made->deadline;
    who.alive = made;
    trace_("request {} is made: {}", who.id, who.what);
    user.grant->used.store(true);
    caf::anon_send(user.grant->connection,
                   lease_commit{user.grant->number, user.grant->origin, made});
  }
  trace_("lease {} is given back", id);
  all_[id - 1].over = true;
  leases_.erase(id);
}

void callers::leave() {
  left_ = true;
  while (!leases_.empty()) {
    all_[leases_.begin()->first - 1].over = true;
    leases_.erase(leases_.begin());
  }
  core_.reset();
  nap_ = nullptr;
}

} // namespace freehold::simulation
