#include "actors/admission.hpp"

#include <fmt/format.h>

#include <random>

namespace freehold {

namespace {

std::string_view advice(statement_scope scope) {
  switch (scope) {
  case statement_scope::transaction_control:
    return "transactions are begun and ended by the runtime: use database::script or "
           "database::transact";
  case statement_scope::session_state:
    return "it would leave state behind on a session that serves others next: use "
           "database::lease";
  case statement_scope::copy:
    return "COPY needs a connection for itself: use transaction::copy_in or copy_out";
  case statement_scope::anywhere:
    break;
  }
  return {};
}

request_ptr make(const database_context& context, request_kind kind,
                 std::vector<bound_statement> steps, std::chrono::milliseconds time,
                 std::shared_ptr<receiver> to) {
  const auto now = context.now();
  context.traffic->fetch_add(1, std::memory_order_relaxed);
  return std::make_shared<request>(kind, std::move(steps), now, now + time, context.ids->next(),
                                   std::move(to));
}

} // namespace

std::uint64_t device_entropy() {
  std::random_device device;
  return (std::uint64_t{device()} << 32) | device();
}

request_ptr make_execute(const database_context& context, bound_statement what, request_options how,
                         std::shared_ptr<receiver> to) {
  const auto time =
      how.timeout ? *how.timeout : what.what.timeout().value_or(context.options.statements.timeout);
  std::vector<bound_statement> steps;
  steps.push_back(std::move(what));
  return make(context, request_kind::execute, std::move(steps), time, std::move(to));
}

request_ptr make_script(const database_context& context, std::vector<bound_statement> steps,
                        transaction_options how, std::shared_ptr<receiver> to) {
  request_ptr what =
      make(context, request_kind::script, std::move(steps),
           how.request.timeout.value_or(context.options.statements.timeout), std::move(to));
  what->options = how;
  return what;
}

request_ptr make_alone(const database_context& context, request_kind kind, transaction_options how,
                       std::shared_ptr<receiver> to) {
  request_ptr what =
      make(context, kind, {}, how.request.timeout.value_or(context.options.statements.timeout),
           std::move(to));
  what->options = how;
  return what;
}

bool acceptable(request& what) {
  if (what.kind == request_kind::script && what.steps.empty()) {
    what.fail(errc::not_allowed, "a script needs at least one statement");
    return false;
  }
  if (what.kind == request_kind::script &&
      (what.options.isolation != isolation::server_default || what.options.read_only)) {
    what.fail(errc::not_allowed, "a script runs in one implicit transaction, which has the "
                                 "server's default isolation and access mode; use "
                                 "database::transact");
    return false;
  }
  for (const bound_statement& step : what.steps) {
    if (step.values.problem()) {
      what.fail(errc::bad_parameter,
                fmt::format("\"{}\": {}", step.what.name(), *step.values.problem()));
      return false;
    }
    if (step.what.scope() != statement_scope::anywhere) {
      what.fail(errc::not_allowed,
                fmt::format("\"{}\": {}", step.what.name(), advice(step.what.scope())));
      return false;
    }
  }
  return true;
}

} // namespace freehold
