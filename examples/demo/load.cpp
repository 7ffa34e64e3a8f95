#include "examples/demo/load.hpp"

#include "examples/demo/plain_clients.hpp"

#include <fmt/format.h>

#include <thread>

namespace demo {

namespace fh = freehold;
using clock = std::chrono::steady_clock;

load::load(fh::database on, std::size_t requesters, maker make)
    : shared_{std::make_shared<shared>(std::move(on), requesters, std::move(make))} {
  for (requester& each : shared_->all)
    ask(shared_, each);
}

load::~load() {
  shared_->stopping = true;
}

void load::ask(const std::shared_ptr<shared>& state, requester& who) {
  question next = state->make(state->next++);
  fh::bound_statement what = next.what;
  const std::uint64_t number = ++who.asked;
  who.since = clock::now();
  state->on.execute(std::move(what),
                    [state, &who, number, asked = std::move(next)](fh::outcome&& answer) {
                      // The n-th answer belongs to the n-th question, or there were two to one.
                      if (who.answered.fetch_add(1) + 1 != number) {
                        ++state->twice;
                        return;
                      }
                      take(state, who, asked, std::move(answer));
                    });
}

void load::take(const std::shared_ptr<shared>& state, requester& who, const question& asked,
                fh::outcome&& answer) {
  who.took.add(clock::now() - who.since);
  if (answer.why) {
    ++who.failed;
    ++who.errors[std::string{to_string(answer.why->code)}];
  } else {
    ++state->succeeded;
    if (asked.right && !asked.right(std::get<fh::result_set>(answer.value)))
      ++who.wrong;
  }
  if (state->stopping)
    --state->active;
  else
    ask(state, who);
}

load_result load::finish() {
  load_result sum;
  sum.seconds = std::chrono::duration<double>(clock::now() - begun_).count();
  shared_->stopping = true;
  const auto patience = clock::now() + std::chrono::seconds{20};
  while (shared_->active > 0 && clock::now() < patience) {
    std::this_thread::sleep_for(std::chrono::milliseconds{1});
  }
  sum.twice = shared_->twice;
  sum.unanswered = shared_->active;
  if (sum.unanswered > 0)
    return sum; // their counters are still in use
  for (const requester& each : shared_->all) {
    sum.requests += each.asked;
    sum.failed += each.failed;
    sum.wrong += each.wrong;
    sum.took.add(each.took);
    for (const auto& [code, times] : each.errors)
      sum.errors[code] += times;
  }
  return sum;
}

question same_traffic(std::uint64_t number) {
  static const std::vector<fh::statement> all = [] {
    std::vector<fh::statement> made;
    for (int i = 0; i < statements; ++i) {
      made.emplace_back(fmt::format("add_{}", i), statement_text(i), fh::read_only);
    }
    return made;
  }();
  const int which = int(number % statements);
  const int value = int(number % 100'000);
  return {fh::bind(all[std::size_t(which)], value), [expected = value + which](const auto& rows) {
            return rows.template scalar<int>() == expected;
          }};
}

} // namespace demo
