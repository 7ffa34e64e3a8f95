#include "bench/harness/closed_loop.hpp"

#include <sys/resource.h>

#include <atomic>
#include <chrono>
#include <deque>
#include <list>
#include <mutex>
#include <random>
#include <thread>
#include <vector>

namespace bench {
namespace {

using clock = std::chrono::steady_clock;

/// Seeds that are close together would begin with numbers that are.
std::uint32_t scattered(std::size_t seed) {
  return std::uint32_t(seed + 1) * 2'654'435'761U; // Knuth's multiplicative hash
}

enum class phase { warming_up, measuring, over };

/// What one thread saw, so that threads share nothing while they measure.
struct record {
  latency took;
  std::uint64_t slow = 0;
  std::uint64_t failed = 0;
  std::string failure;
};

class loop;

/// On cache lines of its own: a client may answer neighbours on several threads.
struct alignas(64) requester final : completion {
  requester(loop& on, std::size_t at) : in{on}, index{at}, random{scattered(at)} {}
  void ask(clock::time_point at);
  void done(std::string_view failure) noexcept override;
  /// The whole life of a requester that is a thread.
  void live();
  void choose();

  loop& in;
  const std::size_t index;
  std::minstd_rand random;
  work now;
  clock::time_point since;
  bool answered = false;
};

class loop {
public:
  loop(side& on, const cell& how) : side_{on}, how_{how}, active_{how.requesters} {
    for (std::size_t i = 0; i < how.requesters; ++i)
      requesters_.emplace_back(*this, i);
  }
  measurement run();

  side& side_;
  const cell& how_;
  std::atomic<phase> phase_{phase::warming_up};
  std::atomic<std::size_t> active_; ///< requesters that have not ended

  void note(requester& who, std::string_view failure);
  /// Until the pace wants it again.
  void rest(requester& who) {
    const std::lock_guard lock{mutex_};
    resting_.push_back(&who);
    --active_;
  }

private:
  record& mine();
  void begin();
  void keep_pace();
  void add_up(measurement& to) const;

  std::list<requester> requesters_; // they stay where they are
  std::vector<std::thread> threads_;
  std::mutex mutex_;
  std::list<record> records_;
  std::deque<requester*> resting_; ///< longest first
};

void requester::choose() {
  const cell& how = in.how_;
  now.what = how.what;
  if (how.slow_share > 0 && double(random()) < how.slow_share * double(random.max()))
    now.what = operation::slow;
  const std::int64_t span = now.what == operation::rows ? items - range : items;
  now.key = 1 + std::int64_t(random()) % span;
}

void requester::ask(clock::time_point at) {
  choose();
  since = at;
  in.side_.begin(index, now, *this);
}

void requester::done(std::string_view failure) noexcept {
  in.note(*this, failure);
  if (in.how_.pace > 0)
    in.rest(*this);
  else if (in.phase_.load(std::memory_order_relaxed) == phase::over)
    --in.active_;
  else
    ask(clock::now());
}

void requester::live() {
  while (in.phase_.load(std::memory_order_relaxed) != phase::over) {
    choose();
    since = clock::now();
    try {
      in.side_.run(index, now);
      in.note(*this, {});
    } catch (const std::exception& why) {
      in.note(*this, why.what());
    }
  }
  --in.active_;
}

record& loop::mine() {
  static thread_local record* here = nullptr; // there is one loop in a process
  if (here == nullptr) {
    const std::lock_guard lock{mutex_};
    here = &records_.emplace_back();
  }
  return *here;
}

void loop::note(requester& who, std::string_view failure) {
  const clock::time_point now = clock::now();
  who.answered = true;
  if (phase_.load(std::memory_order_relaxed) != phase::measuring)
    return;
  record& to = mine();
  if (!failure.empty()) {
    ++to.failed;
    to.failure = failure;
  } else if (who.now.what == operation::slow) {
    ++to.slow;
  } else {
    to.took.add(now - who.since);
  }
}

double seconds(const timeval& time) {
  return double(time.tv_sec) + double(time.tv_usec) / 1e6;
}

rusage used() {
  rusage now{};
  getrusage(RUSAGE_SELF, &now);
  return now;
}

void loop::begin() {
  if (how_.pace > 0) {
    active_ = 0;
    for (requester& each : requesters_)
      resting_.push_back(&each);
    threads_.emplace_back([this] { keep_pace(); });
    return;
  }
  for (requester& each : requesters_) {
    if (side_.completes())
      each.ask(clock::now());
    else
      threads_.emplace_back([&each] { each.live(); });
  }
}

// A request counts from when it was due, also when this thread is late, or all requesters are
// still waiting: else a side that stalls would hide it by being asked less.
void loop::keep_pace() {
  const auto step =
      std::chrono::duration_cast<clock::duration>(std::chrono::duration<double>{1 / how_.pace});
  for (clock::time_point due = clock::now(); phase_ != phase::over;) {
    std::this_thread::sleep_until(due);
    requester* next = nullptr;
    {
      const std::lock_guard lock{mutex_};
      if (!resting_.empty()) {
        next = resting_.front();
        resting_.pop_front();
        ++active_;
      }
    }
    if (next == nullptr) {
      std::this_thread::sleep_for(std::chrono::microseconds{100});
      continue;
    }
    next->ask(due);
    due += step;
  }
}

void loop::add_up(measurement& to) const {
  for (const requester& each : requesters_)
    to.starved += each.answered || how_.pace > 0 ? 0 : 1;
  for (const record& each : records_) {
    to.took.add(each.took);
    to.slow += each.slow;
    to.failed += each.failed;
    if (to.failure.empty())
      to.failure = each.failure;
  }
}

measurement loop::run() {
  measurement made;
  made.threads = !side_.completes();
  begin();
  const auto time = std::chrono::duration<double>{how_.seconds};
  std::this_thread::sleep_for(std::min(time / 2, std::chrono::duration<double>{0.5}));
  const clock::time_point begun = clock::now();
  const rusage before = used();
  phase_ = phase::measuring;
  std::this_thread::sleep_for(time);
  phase_ = phase::over;
  const rusage after = used();
  made.seconds = std::chrono::duration<double>(clock::now() - begun).count();
  made.user_seconds = seconds(after.ru_utime) - seconds(before.ru_utime);
  made.system_seconds = seconds(after.ru_stime) - seconds(before.ru_stime);

  if (how_.pace > 0)
    threads_.front().join();
  const clock::time_point patience = clock::now() + std::chrono::seconds{20};
  while (active_ > 0 && clock::now() < patience)
    std::this_thread::sleep_for(std::chrono::milliseconds{1});
  made.unanswered = active_;
  if (made.unanswered > 0)
    return made; // what they count is still in use
  for (std::thread& each : threads_) {
    if (each.joinable())
      each.join();
  }
  add_up(made);
  return made;
}

} // namespace

measurement run_closed_loop(side& on, const cell& how) {
  // Outlives the function when answers are missing, since they may still come.
  auto* running = new loop{on, how};
  measurement made = running->run();
  if (made.unanswered == 0)
    delete running;
  return made;
}

} // namespace bench
