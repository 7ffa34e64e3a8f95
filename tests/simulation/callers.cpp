#include "tests/simulation/callers.hpp"

#include "actors/admission.hpp"

#include <caf/send.hpp>

#include <charconv>

namespace freehold::simulation {
namespace {

constexpr std::uint64_t kinds = 6; // of statements of one effect

std::string entry(const std::string& sql, std::uint64_t id, std::uint64_t step) {
  return fmt::format("{}|{}|{}", sql, id, step);
}

} // namespace

bound_statement numbered(const statement& what, std::uint64_t id, std::uint64_t step) {
  return bind(what, static_cast<std::int64_t>(id), static_cast<std::int64_t>(step));
}

class callers::caller final : public receiver {
public:
  caller(callers& of, std::uint64_t id) : of_{of}, id_{id} {}
  void receive(outcome&& answer) noexcept override { of_.receive(id_, std::move(answer)); }
  [[nodiscard]] bool abandoned() const noexcept override { return of_.all_[id_ - 1].abandoned; }

private:
  callers& of_;
  std::uint64_t id_;
};

void callers::begin(std::shared_ptr<database_core> on, napping nap) {
  core_ = std::move(on);
  nap_ = std::move(nap);
  const time_point from = time_.now();
  const auto whole = static_cast<std::uint64_t>(plan_.busy_for.count()) * 1000;
  for (std::size_t n = plan_.requests; n > 0;) {
    const std::size_t together = std::min(n, random_.chance(0.3) ? random_.between(2, 30) : 1);
    n -= together;
    time_.at(from + microseconds{random_.below(whole + 1)}, [this, together] {
      for (std::size_t i = 0; i < together; ++i)
        ask();
    });
  }
}

const asked* callers::owner(const std::string& sql, const parameters& values) const {
  if (values.size() != 2 || sql.find("sim_") == std::string::npos)
    return nullptr;
  std::uint64_t id = 0;
  std::from_chars(values.data(0), values.data(0) + values.length(0), id);
  return id == 0 || id > all_.size() ? nullptr : &all_[id - 1];
}

statement callers::some_statement(freehold::effect effect) {
  const std::uint64_t kind = random_.below(kinds);
  switch (effect) {
  case effect::read_only:
    return {fmt::format("read_{}", kind), fmt::format("SELECT sim_{}($1,$2)", kind), effect};
  case effect::idempotent:
    return {fmt::format("set_{}", kind), fmt::format("UPDATE sim_{} = $1,$2", kind), effect};
  case effect::writes:
    break;
  }
  return {fmt::format("write_{}", kind), fmt::format("INSERT sim_{} ($1,$2)", kind), effect};
}

std::string callers::some_sql() {
  return some_statement(random_.one_of({effect::read_only, effect::writes})).sql();
}

asked& callers::note(request_kind kind, freehold::effect effect, std::string what,
                     milliseconds timeout) {
  asked& made = all_.emplace_back();
  made.id = all_.size();
  made.kind = kind;
  made.effect = effect;
  made.what = std::move(what);
  made.deadline = time_.now() + timeout;
  if (random_.chance(plan_.abandoned)) {
    time_.at(time_.now() + random_.time(0, 300), [this, id = made.id] {
      asked& who = all_[id - 1];
      if (who.answers == 0) {
        trace_("request {} is abandoned", id);
        who.abandoned = true;
      }
    });
  }
  return made;
}

std::shared_ptr<receiver> callers::answer_to(const asked& who) {
  return std::make_shared<caller>(*this, who.id);
}

void callers::send(asked& who, const request_ptr& what, bool from_callback) {
  who.alive = what;
  who.deadline = what->deadline;
  trace_("request {} is made: {}{}", who.id, who.what, from_callback ? ", in a callback" : "");
  if (from_callback)
    core_->submit_unawaited(what);
  else
    core_->submit_request(what);
}

void callers::ask(bool from_callback) {
  if (left_)
    return;
  const std::uint64_t kind = random_.below(100);
  if (kind < 72 || from_callback)
    ask_statement(from_callback);
  else if (kind < 82)
    ask_script();
  else if (kind < 91)
    ask_function();
  else
    ask_lease();
}

void callers::ask_statement(bool from_callback) {
  const auto effect = random_.one_of({effect::read_only, effect::read_only, effect::read_only,
                                      effect::writes, effect::writes, effect::idempotent});
  const statement what = some_statement(effect);
  request_options how;
  how.timeout = random_.time(5, 2000);
  asked& who = note(request_kind::execute, effect, what.name(), *how.timeout);
  who.echo = entry(what.sql(), who.id, 0);
  if (effect != effect::read_only)
    who.writes.push_back(who.echo);
  send(who, make_execute(*core_->context, numbered(what, who.id), std::move(how), answer_to(who)),
       from_callback);
}

const asked& callers::probe() {
  const statement what = some_statement(effect::read_only);
  request_options how;
  how.timeout = std::chrono::seconds{1};
  asked& who = note(request_kind::execute, effect::read_only, "probe", *how.timeout);
  who.echo = entry(what.sql(), who.id, 0);
  send(who, make_execute(*core_->context, numbered(what, who.id), std::move(how), answer_to(who)),
       false);
  return who;
}

void callers::ask_script() {
  transaction_options how;
  how.request.timeout = random_.time(5, 2000);
  asked& who = note(request_kind::script, effect::writes, "script", *how.request.timeout);
  std::vector<bound_statement> steps;
  for (std::uint64_t step = 0, n = random_.between(1, 4); step <= n; ++step) {
    // The first writes; else the script would not be what it was noted as.
    const auto effect =
        step == 0 ? effect::writes : random_.one_of({effect::writes, effect::read_only});
    const statement what = some_statement(effect);
    if (effect == effect::writes)
      who.writes.push_back(entry(what.sql(), who.id, step));
    steps.push_back(numbered(what, who.id, step));
  }
  send(who, make_script(*core_->context, std::move(steps), how, answer_to(who)), false);
}

void callers::ask_function() {
  transaction_options how;
  how.request.timeout = random_.time(5, 2000);
  asked& who = note(request_kind::function, effect::writes, "function", *how.request.timeout);
  const request_ptr what = make_alone(*core_->context, request_kind::function, how, answer_to(who));
  what->body = body(who.id);
  send(who, what, false);
}

std::function<std::any(transaction&)> callers::body(std::uint64_t id) {
  std::vector<statement> steps;
  for (std::uint64_t n = random_.between(1, 3); n > 0; --n) {
    steps.push_back(some_statement(effect::writes));
    all_[id - 1].writes.push_back(entry(steps.back().sql(), id, steps.size() - 1));
  }
  const milliseconds nap = random_.chance(0.1) ? random_.time(1, 1500) : milliseconds{0};
  const bool throws = random_.chance(0.1);
  const bool swallows = random_.chance(0.05);
  all_[id - 1].careless = swallows;
  return [this, id, steps, nap, throws, swallows](transaction& tx) {
    try {
      for (std::size_t step = 0; step < steps.size(); ++step)
        static_cast<void>(tx.execute(numbered(steps[step], id, step)));
    } catch (const failure&) {
      if (!swallows)
        throw;
    }
    if (nap.count() > 0)
      nap_(nap);
    if (throws)
      throw std::runtime_error{"the function's own"};
    return std::any{id};
  };
}

void callers::receive(std::uint64_t id, outcome&& answer) noexcept {
  asked& who = all_[id - 1];
  ++who.answers;
  who.answered = time_.now();
  if (trace_.on())
    trace_("request {} is answered: {}", id, answer.why ? to_string(*answer.why) : "success");
  if (who.kind == request_kind::lease && !answer.why) {
    begin_lease(id, std::any_cast<std::shared_ptr<lease_grant>>(std::get<std::any>(answer.value)));
    answer.value = std::any{};
  }
  who.answer = std::move(answer);
  if (follow_ups_ < plan_.requests && random_.chance(plan_.follow_ups)) {
    ++follow_ups_;
    ask(true);
  }
}

} // namespace freehold::simulation
