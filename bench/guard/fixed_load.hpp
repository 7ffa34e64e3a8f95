// A fixed number of requests from 64 requesters, each asking again when it is answered.
#pragma once

#include <freehold/database.hpp>

#include <atomic>
#include <cstdio>
#include <cstdlib>
#include <utility>

namespace bench {

class fixed_load {
public:
  static constexpr std::size_t requesters = 64;

  fixed_load(freehold::database on, freehold::statement what, std::int64_t requests)
      : on_{std::move(on)}, what_{std::move(what)}, unasked_{requests}, unanswered_{requests} {}

  void begin() {
    for (std::size_t i = 0; i < requesters; ++i)
      ask();
  }
  [[nodiscard]] bool done() const { return unanswered_.load() == 0; }
  /// Blocks until it is.
  void wait() const {
    for (std::int64_t now = unanswered_; now != 0; now = unanswered_)
      unanswered_.wait(now);
  }

private:
  void ask() {
    const std::int64_t number = --unasked_;
    if (number < 0)
      return;
    on_.execute(freehold::bind(what_, number % 100'000 + 1), [this](freehold::outcome&& answer) {
      if (answer.why) {
        std::fprintf(stderr, "%s\n", freehold::to_string(*answer.why).c_str());
        std::quick_exit(EXIT_FAILURE);
      }
      if (std::get<freehold::result_set>(answer.value).first<std::int64_t, std::string>())
        ask();
      if (--unanswered_ == 0)
        unanswered_.notify_all();
    });
  }

  freehold::database on_;
  freehold::statement what_;
  std::atomic<std::int64_t> unasked_;
  std::atomic<std::int64_t> unanswered_;
};

} // namespace bench
