// What the endpoint shows, taken rarely however many ask.
#pragma once

#include "actors/snapshot_history.hpp"

#include <freehold/supervision.hpp>

#include <chrono>
#include <functional>
#include <memory>
#include <mutex>
#include <string>

namespace freehold {

/// From any thread that may block: at most one snapshot is taken in `freshness`,
/// and each of its texts is made once. Those who come meanwhile wait for it, for
/// `patience` at most.
class admin_figures {
public:
  static constexpr std::chrono::milliseconds freshness{100};
  /// For the supervisors to answer, which takes them microseconds.
  static constexpr std::chrono::milliseconds patience{250};

  using text = std::shared_ptr<const std::string>;
  using taker = std::function<runtime_snapshot(std::chrono::milliseconds patience)>;

  explicit admin_figures(taker take) : take_{std::move(take)} {}

  [[nodiscard]] std::shared_ptr<const runtime_snapshot> latest();
  [[nodiscard]] text snapshot();
  [[nodiscard]] text metrics();
  [[nodiscard]] text history();
  [[nodiscard]] text history(std::chrono::system_clock::time_point since);
  /// Another sample of the history.
  void sample();

private:
  using clock = std::chrono::steady_clock;
  /// With the lock held.
  void refresh();

  taker take_;
  std::mutex guard_;
  std::shared_ptr<const runtime_snapshot> latest_;
  clock::time_point taken_{};
  text snapshot_;
  text metrics_;
  snapshot_history samples_;
  text history_;
};

} // namespace freehold
