// Requesters of leases: the handle gives futures, so two threads wait for all of them in turn.
#pragma once

#include "bench/harness/side.hpp"

#include <freehold/freehold.hpp>

#include <array>
#include <condition_variable>
#include <deque>
#include <mutex>
#include <thread>
#include <utility>

namespace bench {

class lease_takers {
public:
  explicit lease_takers(freehold::database from) : from_{std::move(from)} {
    for (taker& each : takers_)
      each.thread = std::thread{[&each] { serve(each); }};
  }
  lease_takers(const lease_takers&) = delete;
  lease_takers& operator=(const lease_takers&) = delete;
  ~lease_takers() {
    for (taker& each : takers_) {
      {
        const std::lock_guard lock{each.mutex};
        each.stopping = true;
      }
      each.added.notify_one();
      each.thread.join();
    }
  }

  void begin(std::size_t requester, completion& to) {
    taker& by = takers_[requester % takers_.size()];
    {
      const std::lock_guard lock{by.mutex};
      by.asked.emplace_back(from_.lease(), &to);
    }
    if (std::this_thread::get_id() != by.thread.get_id())
      by.added.notify_one();
  }

private:
  struct taker {
    std::mutex mutex;
    std::condition_variable added;
    std::deque<std::pair<freehold::future<freehold::lease>, completion*>> asked;
    bool stopping = false;
    std::thread thread;
  };

  static void serve(taker& all) {
    for (;;) {
      std::unique_lock lock{all.mutex};
      all.added.wait(lock, [&all] { return all.stopping || !all.asked.empty(); });
      if (all.asked.empty())
        return;
      auto [granted, to] = std::move(all.asked.front());
      all.asked.pop_front();
      lock.unlock();
      std::string failure;
      try {
        static_cast<void>(granted.get()); // and given back
      } catch (const std::exception& why) {
        failure = why.what();
      }
      to->done(failure);
    }
  }

  freehold::database from_;
  std::array<taker, 2> takers_;
};

} // namespace bench
