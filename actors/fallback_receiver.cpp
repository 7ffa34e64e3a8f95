#include "actors/fallback_receiver.hpp"

#include "config/quantity.hpp"
#include "runtime/fallback.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace freehold {

using std::chrono::milliseconds;

// The answer of another database, or word that it has none.
class fallback_receiver::from_elsewhere final : public receiver {
public:
  from_elsewhere(std::shared_ptr<fallback_receiver> to, std::string name, std::size_t next)
      : to_{std::move(to)}, name_{std::move(name)}, next_{next} {}
  void receive(outcome&& answer) noexcept override {
    if (answer.why) {
      to_->note(fmt::format("the database \"{}\" could not stand in: {}: {}", name_,
                            to_string(answer.why->code), answer.why->message));
      to_->go_on(next_);
    } else {
      to_->deliver(std::get<result_set>(answer.value), result_origin::other_database);
    }
  }
  [[nodiscard]] bool abandoned() const noexcept override { return to_->abandoned(); }

private:
  std::shared_ptr<fallback_receiver> to_;
  std::string name_;
  std::size_t next_;
};

bool fallback_receiver::asks_for_last_good(const request_options& how) noexcept {
  return std::any_of(how.fallbacks.begin(), how.fallbacks.end(), [](const fallback& each) {
    return std::holds_alternative<fallback::last_answer>(each.source_);
  });
}

fallback_receiver::fallback_receiver(const database_context& context, const bound_statement& what,
                                     request_options how, request::time_point deadline,
                                     std::shared_ptr<receiver> to)
    : now_{context.now}, last_good_{context.last_good}, counters_{context.counters},
      log_{context.log}, what_{what}, how_{std::move(how)}, deadline_{deadline}, to_{std::move(
                                                                                     to)} {
  if (asks_for_last_good(how_))
    key_ = last_good_key(what_, how_.settings);
}

void fallback_receiver::receive(outcome&& answer) noexcept {
  if (!answer.why) {
    if (!key_.empty())
      last_good_->keep(std::move(key_), std::get<result_set>(answer.value));
    return to_->receive(std::move(answer));
  }
  if (!takes_fallback(*answer.why, what_.what.effect()))
    return to_->receive(std::move(answer));
  why_ = *answer.why;
  go_on(0);
}

// From that fallback on: the first that can answers, or will, or the error does.
void fallback_receiver::go_on(std::size_t next) {
  for (; next < how_.fallbacks.size(); ++next) {
    const fallback::source& from = how_.fallbacks[next].source_;
    bool answered = false;
    if (const auto* last = std::get_if<fallback::last_answer>(&from))
      answered = answer_with(*last);
    else if (const auto* rows = std::get_if<result_set>(&from))
      answered = answer_with(*rows);
    else if (const auto* make = std::get_if<fallback::function>(&from))
      answered = answer_with(*make);
    else
      answered = answer_with(std::get<fallback::elsewhere>(from), next + 1);
    if (answered)
      return;
  }
  to_->receive(outcome::failed(std::move(why_)));
}

bool fallback_receiver::answer_with(const fallback::last_answer& how) {
  const std::optional<last_good_cache::answer> known = last_good_->find(key_, how.oldest);
  if (known)
    deliver(known->rows, result_origin::stale, known->age);
  else
    note("there is no good answer of the last " + configuration::format_duration(how.oldest));
  return known.has_value();
}

bool fallback_receiver::answer_with(const result_set& rows) {
  deliver(rows, result_origin::substitute);
  return true;
}

bool fallback_receiver::answer_with(const fallback::function& make) {
  try {
    deliver(make(why_), result_origin::substitute);
    return true;
  } catch (const std::exception& thrown) {
    note(fmt::format("the fallback function threw: {}", thrown.what()));
  } catch (...) { // not a std::exception: it has no text
    note("the fallback function threw");
  }
  return false;
}

bool fallback_receiver::answer_with(const fallback::elsewhere& other, std::size_t next) {
  const auto left = std::chrono::duration_cast<milliseconds>(deadline_ - now_());
  if (left.count() <= 0) {
    note(fmt::format("there was no time left to ask the database \"{}\"", other.name));
    return false;
  }
  request_options how;
  how.timeout = left;
  how.priority = how_.priority;
  how.key = how_.key;
  how.settings = how_.settings;
  other.ask(what_, std::move(how),
            std::make_shared<from_elsewhere>(shared_from_this(), other.name, next));
  return true;
}

void fallback_receiver::deliver(const result_set& rows, result_origin origin, milliseconds age) {
  counters_->fallbacks.fetch_add(1, std::memory_order_relaxed);
  log_->debug({.query = why_.query_id, .statement = why_.statement},
              "it is answered by a fallback ({}) after {}",
              origin == result_origin::stale            ? fmt::format("{} ms old", age.count())
              : origin == result_origin::other_database ? std::string{"another database"}
                                                        : std::string{"a substitute"},
              to_string(why_.code));
  to_->receive(outcome::success(rows.marked(origin, age)));
}

void fallback_receiver::note(const std::string& text) {
  why_.message += "; " + text;
}

} // namespace freehold
