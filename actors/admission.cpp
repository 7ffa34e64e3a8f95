#include "actors/admission.hpp"

#include "actors/fallback_receiver.hpp"
#include "actors/gathered_requests.hpp"
#include "runtime/request_settings.hpp"

#include <fmt/format.h>

#include <functional>
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

transaction_mode mode_of(const transaction_options& how) {
  return {how.isolation, how.read_only, how.idempotent};
}

flow_id flow_of(const std::string& key) {
  return key.empty() ? 0 : std::hash<std::string>{}(key) | 1; // 0 has no key
}

// `what`: a kind and its steps, or a single statement.
template <class To, class... What>
request_ptr make(const database_context& context, const request_options& how,
                 std::chrono::milliseconds time, To to, What&&... what) {
  const auto now = context.now();
  auto made = std::make_shared<request>(std::forward<What>(what)..., now, now + time,
                                        gathered_requests::next_id(context), std::move(to));
  made->priority = how.priority;
  made->flow = flow_of(how.key);
  return made;
}

// Gives a request its settings, or answers it when it must not go on with these options.
void bring(const database_context& context, request& what, const request_options& how) {
  const std::vector<std::string> required = context.callers->required_settings();
  if (how.settings.empty() && required.empty())
    return;
  if (std::optional<settings_problem> wrong = judge_settings(how.settings, required))
    what.fail(wrong->code, std::move(wrong->message));
  else
    what.settings = settings_statement(how.settings);
}

void refuse_fallbacks(request& what, const request_options& how) {
  if (!how.fallbacks.empty())
    what.fail(errc::not_allowed, "fallbacks answer a plain statement: what a transaction or a "
                                 "lease does, nothing can stand in for");
}

std::chrono::milliseconds time_for(const database_context& context, const statement& what,
                                   const request_options& how) {
  return how.timeout ? *how.timeout : what.timeout().value_or(context.callers->statement_timeout());
}

template <class To>
request_ptr make_plain(const database_context& context, bound_statement&& what,
                       const request_options& how, To to) {
  const auto time = time_for(context, what.what, how);
  request_ptr made = make(context, how, time, std::move(to), std::move(what));
  bring(context, *made, how);
  return made;
}

// Of a statement that has fallbacks.
request_ptr make_with_fallbacks(const database_context& context, const bound_statement& what,
                                const request_options& how, std::shared_ptr<receiver> to) {
  const auto time = time_for(context, what.what, how);
  const bool unfit = fallback_receiver::asks_for_last_good(how) && !what.what.is_read_only();
  request_ptr made = make(
      context, how, time,
      std::make_shared<fallback_receiver>(context, what, how, context.now() + time, std::move(to)),
      bound_statement{what});
  if (unfit)
    made->fail(errc::not_allowed, "fallback::last_good is for statements that are declared "
                                  "read_only: an old answer does not do what a write would");
  bring(context, *made, how);
  return made;
}

} // namespace

std::uint64_t device_entropy() {
  std::random_device device;
  return (std::uint64_t{device()} << 32) | device();
}

request_ptr make_execute(const database_context& context, bound_statement&& what,
                         const request_options& how, std::shared_ptr<receiver> to) {
  if (!how.fallbacks.empty())
    return make_with_fallbacks(context, what, how, std::move(to));
  return make_plain(context, std::move(what), how, std::move(to));
}

request_ptr make_execute(const database_context& context, bound_statement&& what,
                         const request_options& how, const receiver_recipe& to) {
  if (!how.fallbacks.empty())
    return make_with_fallbacks(context, what, how, to.make_alone());
  return make_plain(context, std::move(what), how, to);
}

request_ptr make_leased(const database_context& context, bound_statement&& what,
                        const request_options& how, std::shared_ptr<receiver> to) {
  const auto time = time_for(context, what.what, how);
  request_ptr made = make(context, how, time, std::move(to), std::move(what));
  made->if_dropped = errc::lease_lost;
  refuse_fallbacks(*made, how);
  if (!how.settings.empty())
    made->fail(errc::not_allowed, "settings hold for a whole transaction: give them to the lease, "
                                  "which must be a transaction, and not to its statements");
  return made;
}

request_ptr make_lease_commit(const database_context& context, std::shared_ptr<receiver> to) {
  return make(context, {}, context.callers->statement_timeout(), std::move(to),
              request_kind::function, std::vector<bound_statement>{});
}

request_ptr make_script(const database_context& context, std::vector<bound_statement> steps,
                        const transaction_options& how, std::shared_ptr<receiver> to) {
  request_ptr what =
      make(context, how.request, how.request.timeout.value_or(context.callers->statement_timeout()),
           std::move(to), request_kind::script, std::move(steps));
  bring(context, *what, how.request);
  refuse_fallbacks(*what, how.request);
  what->options = mode_of(how);
  return what;
}

request_ptr make_alone(const database_context& context, request_kind kind,
                       const transaction_options& how, std::shared_ptr<receiver> to) {
  request_ptr what =
      make(context, how.request, how.request.timeout.value_or(context.callers->statement_timeout()),
           std::move(to), kind, std::vector<bound_statement>{});
  bring(context, *what, how.request);
  refuse_fallbacks(*what, how.request);
  what->options = mode_of(how);
  return what;
}

bool acceptable(request& what) {
  if (what.answered()) // its options were refused
    return false;
  if (what.kind == request_kind::lease && what.settings && !what.transactional_lease) {
    what.fail(errc::not_allowed, "settings end with a transaction: ask for a lease that is one");
    return false;
  }
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
