#include "tests/chaos/requesters.hpp"

#include <algorithm>
#include <future>
#include <mutex>
#include <variant>

namespace chaos {
namespace {

const fh::statement echo{"echo", "SELECT $1::bigint, inet_server_port()", fh::read_only};

} // namespace

struct requesters::requester {
  std::int64_t asked = 0;
  clock::time_point at;
  requests_told told; // of this one; no thread but the one that calls back
};

struct requesters::state {
  state(fh::database d, std::size_t count) : on{std::move(d)}, each(count), left{count} {}

  fh::database on;
  std::vector<requester> each;
  std::atomic<bool> over{false};
  std::atomic<int> port{0};
  std::atomic<std::size_t> left;
  std::promise<void> done;
};

requesters::requesters(fh::database on, std::size_t count)
    : all_{std::make_shared<state>(std::move(on), count)} {
  for (requester& who : all_->each)
    ask(all_, who);
}

requesters::~requesters() {
  all_->over = true;
}

int requesters::latest_port() const noexcept {
  return all_->port;
}

void requesters::ask(const std::shared_ptr<state>& all, requester& who) {
  if (all->over) {
    if (--all->left == 0)
      all->done.set_value();
    return;
  }
  ++who.asked;
  who.at = clock::now();
  all->on.execute(fh::bind(echo, who.asked), [all, &who](fh::outcome&& answer) {
    note(*all, who, answer);
    ask(all, who);
  });
}

void requesters::note(state& all, requester& who, const fh::outcome& answer) {
  ++who.told.answered;
  who.told.took.push_back(clock::now() - who.at);
  if (answer.why) {
    if (who.told.failed++ == 0)
      who.told.example = to_string(*answer.why);
    return;
  }
  for (auto [number, port] : std::get<fh::result_set>(answer.value).as<std::int64_t, int>()) {
    who.told.wrong += number == who.asked ? 0U : 1U;
    all.port = port;
  }
}

requests_told requesters::finish() {
  all_->over = true;
  all_->done.get_future().wait();
  requests_told sum;
  for (requester& who : all_->each) {
    sum.answered += who.told.answered;
    sum.failed += who.told.failed;
    sum.wrong += who.told.wrong;
    if (sum.example.empty())
      sum.example = who.told.example;
    sum.took.insert(sum.took.end(), who.told.took.begin(), who.told.took.end());
  }
  return sum;
}

clock::duration percentile(std::vector<clock::duration> all, double share) {
  if (all.empty())
    return {};
  const auto at = static_cast<std::size_t>(share * static_cast<double>(all.size() - 1));
  std::nth_element(all.begin(), all.begin() + static_cast<std::ptrdiff_t>(at), all.end());
  return all[at];
}

} // namespace chaos
