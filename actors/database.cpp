#include <freehold/database.hpp>

#include "actors/admission.hpp"
#include "actors/database_core.hpp"

#include <caf/scoped_actor.hpp>
#include <caf/send.hpp>
#include <fmt/format.h>

namespace freehold {

namespace {

// The grant inside an answered lease request becomes a lease.
class lease_receiver final : public receiver {
public:
  explicit lease_receiver(std::shared_ptr<waiting_receiver> to) : to_{std::move(to)} {}
  void receive(outcome&& answer) noexcept override {
    if (!answer.why) {
      auto grant = std::any_cast<std::shared_ptr<lease_grant>>(std::get<std::any>(answer.value));
      answer.value = std::any{lease{std::move(grant)}};
    }
    to_->receive(std::move(answer));
  }
  bool abandoned() const noexcept override { return to_->abandoned(); }

private:
  std::shared_ptr<waiting_receiver> to_;
};

} // namespace

future<result_set> database::execute(bound_statement what, request_options how) const {
  auto to = std::make_shared<waiting_receiver>();
  core_->submit_request(make_execute(*core_->context, std::move(what), how, to));
  return future<result_set>{std::move(to)};
}

void database::begin(bound_statement&& what, const request_options& how,
                     const receiver_recipe& to) const {
  core_->submit_unawaited(make_execute(*core_->context, std::move(what), how, to));
}

future<std::vector<result_set>> database::script(std::vector<bound_statement> steps,
                                                 transaction_options how) const {
  auto to = std::make_shared<waiting_receiver>();
  core_->submit_request(make_script(*core_->context, std::move(steps), how, to));
  return future<std::vector<result_set>>{std::move(to)};
}

void database::begin(std::vector<bound_statement> steps, transaction_options how,
                     std::shared_ptr<receiver> to) const {
  core_->submit_unawaited(make_script(*core_->context, std::move(steps), how, std::move(to)));
}

void database::ship(std::function<std::any(transaction&)> body, transaction_options how,
                    std::shared_ptr<receiver> to) const {
  request_ptr what = make_alone(*core_->context, request_kind::function, how, std::move(to));
  what->body = std::move(body);
  core_->submit_request(std::move(what));
}

void database::ship(std::function<std::any(pqxx::transaction_base&)> body, transaction_options how,
                    std::shared_ptr<receiver> to) const {
  request_ptr what = make_alone(*core_->context, request_kind::function, how, std::move(to));
  what->pqxx_body = std::move(body);
  core_->submit_request(std::move(what));
}

future<lease> database::lease(lease_request how) const {
  auto to = std::make_shared<waiting_receiver>();
  how.how.request.timeout = how.timeout.value_or(core_->context->callers->acquire_timeout());
  const request_ptr what = make_alone(*core_->context, request_kind::lease, how.how,
                                      std::make_shared<lease_receiver>(to));
  what->transactional_lease = how.transaction;
  core_->submit_request(what);
  return future<freehold::lease>{std::move(to)};
}

row_stream database::stream(bound_statement what, std::size_t chunk_rows,
                            request_options how) const {
  lease_request whole;
  whole.transaction = true;
  whole.timeout = how.timeout;
  whole.how.request = std::move(how);
  return row_stream{lease(std::move(whole)), std::move(what), chunk_rows};
}

database_actor database::actor() const {
  return core_->requests();
}

fallback database::as_fallback() const {
  return fallback{fallback::elsewhere{
      name(),
      [core = core_](bound_statement what, request_options how, std::shared_ptr<receiver> to) {
        core->submit_unawaited(make_execute(*core->context, std::move(what), how, std::move(to)));
      }}};
}

const std::string& database::name() const {
  return core_->context->options.name;
}

void database::force_circuit(circuit_override how) const {
  if (!core_->refuses())
    caf::anon_send(core_->supervisor(), freehold::force_circuit{how});
}

database_snapshot database::snapshot() const {
  database_snapshot shown;
  shown.name = name();
  if (core_->refuses())
    return shown;
  caf::scoped_actor self{core_->system};
  self->request(core_->supervisor(), std::chrono::seconds{5}, ask_snapshot{})
      .receive([&](database_snapshot& found) { shown = std::move(found); },
               [&](const caf::error& why) {
                 shown.last_connect_error = "no snapshot: " + core_->system.render(why);
               });
  return shown;
}

future<result_set> lease::execute(bound_statement what, request_options how) const {
  auto to = std::make_shared<waiting_receiver>();
  const request_ptr made = make_leased(*grant_->context, std::move(what), how, to);
  if (made->answered())
    return future<result_set>{std::move(to)};
  grant_->used.store(true, std::memory_order_release);
  caf::anon_send(grant_->connection, lease_execute{grant_->number, grant_->origin, made});
  return future<result_set>{std::move(to)};
}

future<void> lease::commit() {
  auto to = std::make_shared<waiting_receiver>();
  const request_ptr made = make_lease_commit(*grant_->context, to);
  grant_->used.store(true, std::memory_order_release);
  caf::anon_send(grant_->connection, lease_commit{grant_->number, grant_->origin, made});
  return future<void>{std::move(to)};
}

row_stream::row_stream(future<lease> on, bound_statement what, std::size_t chunk_rows)
    : pending_{std::move(on)}, what_{std::move(what)}, fetch_{fmt::format(
                                                           "FETCH {} FROM freehold_stream",
                                                           std::max<std::size_t>(chunk_rows, 1))} {}

result_set row_stream::next() {
  if (done_)
    return {};
  if (!lease_) {
    lease_.emplace(pending_.get());
    const statement declare{what_.what.name(),
                            "DECLARE freehold_stream NO SCROLL CURSOR FOR " + what_.what.sql()};
    static_cast<void>(lease_->execute({declare, what_.values}).get());
  }
  result_set chunk = lease_->execute(statement{what_.what.name(), fetch_}).get();
  if (chunk.empty()) {
    done_ = true;
    lease_.reset();
  }
  return chunk;
}

} // namespace freehold
