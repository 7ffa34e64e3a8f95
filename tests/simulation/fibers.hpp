// Stacks that take turns on one thread.
#pragma once

#include "actors/gathered_requests.hpp"

#include <cstddef>
#include <functional>
#include <memory>
#include <ucontext.h>
#include <vector>

namespace freehold::simulation {

/// A handler of an actor may wait in the middle (a connection for its server)
/// while other actors run: each that waits keeps the stack it is on, and the
/// work goes on on another. One thread, so that who runs when is a decision of
/// the simulation and costs no system's scheduler.
///
/// All that is not waiting calls `step` over and over.
class fibers {
public:
  class fiber;
  /// What a step says comes next.
  struct turn {
    bool over = false;       ///< `drive` returns
    fiber* resume = nullptr; ///< this one's wait is over
  };

  fibers();
  fibers(const fibers&) = delete;
  fibers& operator=(const fibers&) = delete;
  ~fibers();

  /// Works until a step says that it is over. Not from a fiber.
  void drive(std::function<turn()> step);
  /// The one that runs; null outside `drive`.
  [[nodiscard]] fiber* current() const noexcept { return current_; }
  /// Lets others work until a step resumes this one.
  void suspend();

private:
  static void enter(unsigned high, unsigned low);
  void work(fiber& self);
  fiber& idle();
  fiber& another();
  void go(fiber* to);

  std::vector<std::unique_ptr<fiber>> all_;
  std::vector<fiber*> idle_;
  std::unique_ptr<fiber> outside_; // whoever called `drive`
  fiber* current_ = nullptr;
  std::function<turn()> step_;
  bool over_ = false;
};

} // namespace freehold::simulation
