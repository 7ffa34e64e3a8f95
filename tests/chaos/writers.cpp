#include "tests/chaos/writers.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <condition_variable>
#include <deque>
#include <mutex>
#include <optional>

namespace chaos {

using namespace std::chrono_literals;

namespace {

constexpr auto patience = 5s; // after a deadline, until a request counts as forgotten

enum class kind { append, keep, script, function, sum };

/// A callback's answer, and how often it was called.
struct call {
  std::mutex mutex;
  std::condition_variable arrived;
  std::optional<fh::outcome> answer;
  int times = 0;
};

fh::error_ptr forgotten() {
  fh::error why;
  why.code = fh::errc::internal;
  why.message = "no answer";
  why.fate = fh::fate::unknown;
  return std::make_shared<const fh::error>(std::move(why));
}

template <class T>
fh::outcome await_future(fh::future<T> answer, std::chrono::milliseconds time) {
  if (!answer.wait_for(time + patience))
    return {{}, forgotten()};
  try {
    if constexpr (std::is_void_v<T>) {
      answer.get();
      return fh::outcome::success({});
    } else {
      return fh::outcome::success(answer.get());
    }
  } catch (const fh::failure& why) {
    return fh::outcome::failed(why.why());
  }
}

} // namespace

struct writers::writer {
  std::int64_t number = 0;
  std::minstd_rand dice;
  bool calls = false; ///< uses callbacks
  kind what = kind::append;
  written told;
  /// Shared with callbacks that may come too late or twice.
  std::deque<std::shared_ptr<call>> late;
};

writers::writers(fh::database on, const writing& how) : on_{std::move(on)}, how_{how} {
  for (std::size_t i = 0; i < how.writers; ++i) {
    auto made = std::make_unique<writer>();
    made->number = std::int64_t(i);
    made->dice.seed(static_cast<std::minstd_rand::result_type>(how.seed * 1'009 + i + 1));
    made->calls = i % 2 == 1;
    all_.push_back(std::move(made));
  }
  for (const auto& each : all_)
    threads_.emplace_back([this, who = each.get()] { work(*who); });
  threads_.emplace_back([this] { watch_machine(); });
}

writers::~writers() {
  stopping_ = true;
  for (std::thread& each : threads_) {
    if (each.joinable())
      each.join();
  }
}

// A deadline cannot be kept better than threads are woken.
void writers::watch_machine() {
  while (!stopping_) {
    const auto wanted = clock::now() + 5ms;
    std::this_thread::sleep_until(wanted); // waits for the outside: it is what is measured
    machine_lateness_ = std::max(machine_lateness_, clock::now() - wanted);
  }
}

void writers::work(writer& who) {
  constexpr std::array mix{kind::append, kind::script,   kind::keep, kind::function,
                           kind::append, kind::function, kind::keep, kind::sum};
  for (std::int64_t n = 0; !stopping_; ++n) {
    who.what = mix[std::size_t(n + who.number) % mix.size()];
    const std::int64_t id = (who.number << 32) + n;
    const std::chrono::milliseconds time{
        std::uniform_int_distribution{how_.shortest.count(), how_.longest.count()}(who.dice)};
    const auto begun = clock::now();
    const fh::error_ptr why = ask(who, id, time);
    note(who, id, why, clock::now() - begun - time);
    if (why && !stopping_) {
      const auto pause = std::clamp(why->retry_after.value_or(10ms), 10ms, 100ms);
      std::this_thread::sleep_for(pause); // waits for the outside: nobody hammers on a closed door
    }
  }
}

template <class Begin>
fh::outcome writers::await_call(writer& who, std::chrono::milliseconds time, const Begin& begin) {
  auto made = std::make_shared<call>();
  begin([made](fh::outcome&& answer) {
    const std::lock_guard lock{made->mutex};
    if (++made->times == 1)
      made->answer = std::move(answer);
    made->arrived.notify_all();
  });
  std::unique_lock lock{made->mutex};
  const bool came =
      made->arrived.wait_for(lock, time + patience, [&] { return made->answer.has_value(); });
  if (who.late.size() >= 1'000) { // a second call would have come by now
    who.told.twice += who.late.front()->times > 1 ? 1 : 0;
    who.late.pop_front();
  }
  who.late.push_back(made);
  return came ? *std::exchange(made->answer, std::nullopt) : fh::outcome{{}, forgotten()};
}

fh::error_ptr writers::ask(writer& who, std::int64_t id, std::chrono::milliseconds time) {
  const fh::request_options plain{.timeout = time};
  const fh::transaction_options whole{.request = plain};
  fh::outcome got;
  if (who.what != kind::script && who.what != kind::function) {
    const fh::bound_statement one = who.what == kind::sum    ? books_.sum()
                                    : who.what == kind::keep ? books_.keep(id)
                                                             : books_.append(id);
    got = who.calls
              ? await_call(who, time, [&](auto done) { on_.execute(one, std::move(done), plain); })
              : await_future(on_.execute(one, plain), time);
    if (who.what == kind::sum && !got.why)
      who.told.wrong_sums +=
          std::get<fh::result_set>(got.value).scalar<std::int64_t>() == ledger::total ? 0 : 1;
    return got.why;
  }
  const std::vector<fh::bound_statement> steps =
      books_.steps(ledger::random_transfer(id, who.dice));
  if (who.what == kind::script) {
    got = who.calls
              ? await_call(who, time, [&](auto done) { on_.script(steps, std::move(done), whole); })
              : await_future(on_.script(steps, whole), time);
    return got.why;
  }
  const auto body = [steps](fh::transaction& tx) {
    for (const fh::bound_statement& each : steps)
      static_cast<void>(tx.execute(each));
  };
  got = who.calls
            ? await_call(who, time, [&](auto done) { on_.transact(body, std::move(done), whole); })
            : await_future(on_.transact(body, whole), time);
  return got.why;
}

void writers::note(writer& who, std::int64_t id, const fh::error_ptr& why,
                   clock::duration overshoot) {
  ++answered_;
  ++who.told.requests;
  if (overshoot > who.told.worst_overshoot) {
    who.told.worst_overshoot = overshoot;
    who.told.worst_code = why ? to_string(why->code) : "success";
  }
  known what = known::acknowledged;
  if (why) {
    what = why->fate == fh::fate::unknown ? known::unknown : known::refused;
    const std::string name =
        fmt::format("{}{}{}{}", to_string(why->code), why->sqlstate.empty() ? "" : " ",
                    why->sqlstate, what == known::unknown ? ", unknown" : "");
    ++who.told.failures[name];
    who.told.examples.try_emplace(name, to_string(*why));
    who.told.unanswered += why->message == "no answer" ? 1 : 0;
  }
  if (who.what == kind::sum) {
    ++who.told.reads;
    return;
  }
  const bool plain = who.what == kind::append || who.what == kind::keep;
  (plain ? who.told.log : who.told.transfers).push_back({id, what});
  if (!why)
    ++acknowledged_;
}

written writers::finish() {
  stopping_ = true;
  for (std::thread& each : threads_)
    each.join();
  written sum;
  sum.machine_lateness = machine_lateness_;
  for (const auto& each : all_) {
    const written& told = each->told;
    sum.log.insert(sum.log.end(), told.log.begin(), told.log.end());
    sum.transfers.insert(sum.transfers.end(), told.transfers.begin(), told.transfers.end());
    sum.requests += told.requests;
    sum.reads += told.reads;
    sum.wrong_sums += told.wrong_sums;
    sum.unanswered += told.unanswered;
    sum.twice += told.twice;
    for (const auto& late : each->late)
      sum.twice += late->times > 1 ? 1 : 0;
    for (const auto& [name, times] : told.failures)
      sum.failures[name] += times;
    sum.examples.insert(told.examples.begin(), told.examples.end());
    if (told.worst_overshoot > sum.worst_overshoot) {
      sum.worst_overshoot = told.worst_overshoot;
      sum.worst_code = told.worst_code;
    }
  }
  return sum;
}

} // namespace chaos
