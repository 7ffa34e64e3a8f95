// Requesters on Freehold that each ask again as soon as they are answered.
#pragma once

#include "examples/demo/latency.hpp"

#include <freehold/freehold.hpp>

#include <atomic>
#include <chrono>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

namespace demo {

/// One thing to ask, and what to make of the answer.
struct question {
  freehold::bound_statement what;
  /// Whether the result is right. May be empty.
  std::function<bool(const freehold::result_set&)> right;
};

struct load_result {
  std::uint64_t requests = 0;
  std::uint64_t failed = 0;
  std::uint64_t wrong = 0;      ///< an answer to another question
  std::uint64_t unanswered = 0; ///< of those asked, when the load ended
  std::uint64_t twice = 0;      ///< answered more than once
  double seconds = 0;
  latency took;
  std::map<std::string, std::uint64_t> errors; ///< by code
};

class load {
public:
  using maker = std::function<question(std::uint64_t)>;

  /// `make` is called with a number of its own for each request, from any thread.
  load(freehold::database on, std::size_t requesters, maker make);
  load(const load&) = delete;
  load& operator=(const load&) = delete;
  ~load();

  /// Asks nothing more, waits for the answers under way, and counts.
  [[nodiscard]] load_result finish();
  [[nodiscard]] std::uint64_t succeeded() const noexcept { return shared_->succeeded; }

private:
  /// One request at a time, so that only the atomics are ever shared.
  struct requester {
    std::uint64_t asked = 0;
    std::atomic<std::uint64_t> answered{0};
    std::uint64_t failed = 0;
    std::uint64_t wrong = 0;
    std::chrono::steady_clock::time_point since;
    latency took;
    std::map<std::string, std::uint64_t> errors;
  };
  struct shared {
    shared(freehold::database to, std::size_t requesters, maker with)
        : on{std::move(to)}, make{std::move(with)}, all(requesters), active{requesters} {}
    const freehold::database on;
    const maker make;
    std::vector<requester> all;
    std::atomic<std::size_t> active; ///< requesters that wait for an answer
    std::atomic<std::uint64_t> next{0};
    std::atomic<std::uint64_t> succeeded{0};
    std::atomic<std::uint64_t> twice{0};
    std::atomic<bool> stopping{false};
  };

  static void ask(const std::shared_ptr<shared>& state, requester& who);
  static void take(const std::shared_ptr<shared>& state, requester& who, const question& asked,
                   freehold::outcome&& answer);

  std::shared_ptr<shared> shared_;
  std::chrono::steady_clock::time_point begun_ = std::chrono::steady_clock::now();
};

/// The statements of the plain clients, each checked against what it must be.
[[nodiscard]] question same_traffic(std::uint64_t number);

} // namespace demo
