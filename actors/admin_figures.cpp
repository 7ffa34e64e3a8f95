#include "actors/admin_figures.hpp"

#include "actors/metrics.hpp"
#include "actors/snapshot_json.hpp"

namespace freehold {

void admin_figures::refresh() {
  if (latest_ && clock::now() - taken_ < freshness)
    return;
  latest_ = std::make_shared<const runtime_snapshot>(take_(patience));
  taken_ = clock::now();
  snapshot_.reset();
  metrics_.reset();
}

std::shared_ptr<const runtime_snapshot> admin_figures::latest() {
  const std::lock_guard lock{guard_};
  refresh();
  return latest_;
}

admin_figures::text admin_figures::snapshot() {
  const std::lock_guard lock{guard_};
  refresh();
  if (!snapshot_)
    snapshot_ = std::make_shared<const std::string>(snapshot_json(*latest_));
  return snapshot_;
}

admin_figures::text admin_figures::metrics() {
  const std::lock_guard lock{guard_};
  refresh();
  if (!metrics_)
    metrics_ = std::make_shared<const std::string>(metrics_text(*latest_));
  return metrics_;
}

admin_figures::text admin_figures::history() {
  const std::lock_guard lock{guard_};
  if (!history_)
    history_ = std::make_shared<const std::string>(samples_.json());
  return history_;
}

admin_figures::text admin_figures::history(std::chrono::system_clock::time_point since) {
  const std::lock_guard lock{guard_};
  return std::make_shared<const std::string>(samples_.json(since));
}

void admin_figures::sample() {
  const std::lock_guard lock{guard_};
  refresh();
  samples_.add(*latest_);
  history_.reset();
}

} // namespace freehold
