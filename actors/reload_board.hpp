// How changes of the configuration went.
#pragma once

#include <freehold/stats.hpp>

#include <mutex>

namespace freehold {

/// Written by the actor that changes it, read by any thread.
class reload_board {
public:
  void note(const reload_report& how) {
    const std::lock_guard lock{guard_};
    ++(how.applied ? shown_.applied_total : shown_.refused_total);
    shown_.last = how;
  }
  [[nodiscard]] reload_snapshot snapshot() const {
    const std::lock_guard lock{guard_};
    return shown_;
  }

private:
  mutable std::mutex guard_;
  reload_snapshot shown_;
};

} // namespace freehold
