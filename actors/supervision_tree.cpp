#include "actors/supervision_tree.hpp"

#include "actors/discipline.hpp"

#include <freehold/messages.hpp>

#include <caf/actor_cast.hpp>
#include <caf/send.hpp>
#include <fmt/format.h>

namespace freehold {

using std::chrono::milliseconds;

namespace {

bool is_normal(const caf::error& reason) {
  return !reason || reason == caf::exit_reason::user_shutdown;
}

caf::error as_reason(const std::string& failure) {
  error why;
  why.code = errc::internal;
  why.message = failure;
  return to_caf_error(std::make_shared<const error>(std::move(why)));
}

} // namespace

milliseconds shutdown_time(const std::vector<child_specification>& children) {
  milliseconds sum{0};
  for (const child_specification& each : children)
    sum += each.shutdown + kill_grace;
  return sum;
}

std::string describe_reason(const caf::actor_system& system, const caf::error& why) {
  if (!why)
    return "it finished";
  if (why.category() == as_reason({}).category()) // one of ours; what CAF knows of it is a number
    return to_error(why).message;
  if (why == caf::exit_reason::user_shutdown)
    return "it was asked to";
  if (why == caf::exit_reason::kill)
    return "it was killed";
  return system.render(why);
}

tree_actor::behavior_type tree_supervisor::make_behavior(tree_context context,
                                                         supervisor_specification what,
                                                         child_snapshot* shown) {
  context_ = std::move(context);
  what_ = std::move(what);
  shown_ = shown;
  members_.resize(what_.children.size());
  std::vector<restart_policy> policies;
  for (const child_specification& each : what_.children)
    policies.push_back(each.restart);
  plan_.emplace(what_.strategy, restart_intensity{what_.restarts, what_.period}, policies);
  install_discipline(self_, context_.log);
  self_->set_down_handler([this](const caf::down_msg& down) { on_down(down); });
  self_->set_exit_handler([this](const caf::exit_msg&) {
    plan_->shut_down();
    take_steps();
  });
  context_.board->set_state(*shown_, child_state::running);
  self_->send(self_, proceed{});
  return {
      [this](proceed) { take_steps(); },
      [this](const child_late& late) { on_late(late); },
      [this](const adjust_tree& to) { adjust(to); },
  };
}

void tree_supervisor::adjust(const adjust_tree& to) {
  what_.restarts = to.restarts;
  what_.period = to.period;
  plan_->reconfigure(to.restarts, to.period);
  for (child_specification& each : what_.children)
    if (each.stop)
      each.shutdown = to.shutdown;
}

// Killed, or ended by a defect: its children must not outlive it, for whoever
// takes its place starts others.
tree_supervisor::~tree_supervisor() {
  for (std::size_t i = 0; i < members_.size(); ++i) {
    if (!members_[i].handle)
      continue;
    context_.board->set_state(shown(i), child_state::stopped);
    caf::anon_send_exit(members_[i].handle, caf::exit_reason::kill);
  }
}

void tree_supervisor::take_steps() {
  for (;;) {
    const supervision_step step = plan_->next();
    switch (step.what) {
    case supervision_step::action::wait:
      return;
    case supervision_step::action::start:
      if (start(step.child))
        break;
      // Other messages have their turn between attempts.
      self_->send(self_, proceed{});
      return;
    case supervision_step::action::stop:
      stop(step.child);
      break;
    case supervision_step::action::finish:
      return finish();
    }
  }
}

bool tree_supervisor::start(std::size_t child) {
  member& one = members_[child];
  ++one.starts;
  // The actor may look at the snapshot before its factory returned.
  const bool again = context_.board->state_of(shown(child)) != child_state::starting;
  if (again)
    context_.board->count_restart(shown(child));
  std::string problem = "its factory returned no actor";
  try {
    one.handle = what_.children[child].start();
  } catch (const std::exception& why) {
    problem = fmt::format("its factory threw: {}", why.what());
  } catch (...) { // the service's code may throw anything
    problem = "its factory threw something that is no exception";
  }
  if (!one.handle) {
    context_.log->error("{} could not be started: {}", path(child), problem);
    context_.board->set_reason(shown(child), problem);
    follow(child, plan_->start_failed(child, now()), problem);
    return false;
  }
  one.started = now();
  self_->monitor(one.handle);
  plan_->started(child);
  context_.board->set_state(shown(child), child_state::running);
  context_.log->info("{} {}started", path(child), again ? "re" : "");
  return true;
}

void tree_supervisor::stop(std::size_t child) {
  const child_specification& what = what_.children[child];
  member& one = members_[child];
  const bool kill = what.shutdown.count() == 0;
  if (!plan_->will_start(child))
    context_.board->set_state(shown(child), child_state::stopping);
  context_.log->debug("{} is stopped", path(child));
  if (kill)
    caf::anon_send_exit(one.handle, caf::exit_reason::kill);
  else if (what.stop)
    what.stop(one.handle);
  else
    caf::anon_send_exit(one.handle, caf::exit_reason::user_shutdown);
  self_->delayed_send(self_, kill ? kill_grace : what.shutdown,
                      child_late{child, one.starts, kill});
}

void tree_supervisor::on_late(const child_late& late) {
  member& one = members_[late.child];
  if (!one.handle || one.starts != late.start)
    return;
  const auto patience = what_.children[late.child].shutdown.count();
  if (late.killed) {
    context_.log->critical("{} does not end although it was killed; it is left behind with its "
                           "thread",
                           path(late.child));
    context_.board->leave_behind();
    return on_end(late.child, caf::exit_reason::kill);
  }
  context_.log->warn("{} did not end within {} ms (its shutdown) and is killed", path(late.child),
                     patience);
  caf::anon_send_exit(one.handle, caf::exit_reason::kill);
  self_->delayed_send(self_, kill_grace, child_late{late.child, late.start, true});
}

void tree_supervisor::on_down(const caf::down_msg& down) {
  for (std::size_t i = 0; i < members_.size(); ++i)
    if (members_[i].handle && members_[i].handle.address() == down.source)
      return on_end(i, down.reason);
}

void tree_supervisor::on_end(std::size_t child, const caf::error& reason) {
  member& one = members_[child];
  one.handle = nullptr;
  const std::string words = describe_reason(self_->system(), reason);
  context_.board->set_reason(shown(child), words);
  const child_end how = is_normal(reason) ? child_end::normal : child_end::abnormal;
  const consequence next = plan_->ended(child, how, now());
  const auto age = std::chrono::duration_cast<milliseconds>(now() - one.started);
  const bool alarming = next != consequence::expected && how == child_end::abnormal;
  context_.log->log(alarming ? spdlog::level::warn : spdlog::level::info,
                    "{} ended after {} ms: {}", path(child), age.count(), words);
  follow(child, next, words);
  take_steps();
}

void tree_supervisor::follow(std::size_t child, consequence what, const std::string& reason) {
  switch (what) {
  case consequence::expected:
  case consequence::left:
    if (context_.board->state_of(shown(child)) != child_state::failed)
      context_.board->set_state(shown(child), plan_->will_start(child) ? child_state::restarting
                                                                       : child_state::stopped);
    return;
  case consequence::restart:
    context_.board->set_state(shown(child), child_state::restarting);
    context_.log->warn("{} is restarted ({} of at most {} in {} ms)", path(child),
                       plan_->recent(now()), what_.restarts, what_.period.count());
    return note_siblings(child, path(child));
  case consequence::escalate:
    return give_up(child, reason);
  }
}

void tree_supervisor::note_siblings(std::size_t but, const std::string& because) {
  for (std::size_t i = 0; i < members_.size(); ++i) {
    if (i == but || !members_[i].handle || !plan_->will_start(i))
      continue;
    context_.board->set_state(shown(i), child_state::restarting);
    context_.log->info("{} is restarted with {}", path(i), because);
  }
}

void tree_supervisor::give_up(std::size_t child, const std::string& reason) {
  failure_ = fmt::format("{} had to restart a child more than {} times in {} ms ({}.restarts, "
                         "{}.period); the last was {}: {}",
                         what_.path, what_.restarts, what_.period.count(), what_.setting,
                         what_.setting, path(child), reason);
  context_.board->set_state(shown(child), child_state::failed);
  context_.board->set_state(*shown_, child_state::failed);
  if (!what_.on_failure)
    return context_.log->error("{}; it stops its children and hands this to its parent", failure_);
  context_.log->critical("{}; it stops all children", failure_);
  try {
    what_.on_failure(failure_);
  } catch (const std::exception& why) { // of the service: its children are stopped all the same
    context_.log->error("{}: on_failure threw: {}", what_.path, why.what());
  }
}

void tree_supervisor::finish() {
  if (!plan_->failed())
    context_.board->set_state(*shown_, child_state::stopped);
  self_->quit(plan_->failed() ? as_reason(failure_) : caf::error{});
}

std::string tree_supervisor::path(std::size_t child) const {
  return what_.path + "/" + what_.children.at(child).name;
}

tree_actor::behavior_type supervision_tree(tree_supervisor::self_pointer self, tree_context context,
                                           supervisor_specification what, child_snapshot* shown) {
  return self->state.make_behavior(std::move(context), std::move(what), shown);
}

} // namespace freehold
