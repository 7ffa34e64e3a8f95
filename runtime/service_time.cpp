#include "runtime/service_time.hpp"

#include <algorithm>
#include <vector>

namespace freehold {

namespace {

constexpr int slow_company_forgiven = 20;

void share(service_times::entry& known, double sample) {
  known.share_us +=
      known.share_us == 0.0 ? sample : service_times::alpha * (sample - known.share_us);
}

} // namespace

service_times::service_times(std::size_t bound) : bound_{std::max<std::size_t>(bound, 1)} {}

service_times::entry& service_times::of(std::uint64_t identity) {
  if (latest_ != nullptr && latest_identity_ == identity)
    return *latest_;
  auto found = entries_.find(identity);
  if (found == entries_.end()) {
    if (entries_.size() >= bound_)
      forget_oldest_half();
    found = entries_.try_emplace(identity).first;
    found->second.recorded_at = ++recordings_; // as fresh as a recording, or it would go first
  }
  latest_identity_ = identity;
  latest_ = &found->second;
  return *latest_;
}

void service_times::record(std::uint64_t identity, std::chrono::microseconds took) {
  entry& known = of(identity);
  const auto sample = static_cast<double>(took.count());
  if (known.executions++ == 0)
    known.average_us = sample; // an average that starts at 0 would hide a slow one for long
  else
    known.average_us += alpha * (sample - known.average_us);
  share(known, sample);
  known.recorded_at = ++recordings_;
  known.suspected = false;
  known.vouched_for = slow_company_forgiven;
}

void service_times::record_in_company(std::uint64_t identity, std::chrono::microseconds took,
                                      std::size_t company, std::chrono::milliseconds threshold) {
  entry& known = of(identity);
  known.recorded_at = ++recordings_;
  share(known, static_cast<double>(took.count()) / static_cast<double>(company));
  if (took <= threshold)
    return;
  if (known.vouched_for > 0)
    --known.vouched_for;
  else
    known.suspected = true;
}

service_times::verdict service_times::judge(std::uint64_t identity,
                                            std::chrono::milliseconds threshold) const {
  const bool is_latest = latest_ != nullptr && latest_identity_ == identity;
  const auto found = is_latest ? entries_.end() : entries_.find(identity);
  if (!is_latest && found == entries_.end())
    return {};
  const entry& known = is_latest ? *latest_ : found->second;
  if (known.suspected)
    return {true, known.share_us};
  const double limit = std::chrono::duration<double, std::micro>{threshold}.count();
  known.slow = known.average_us > (known.slow ? limit / 2 : limit);
  return {known.slow, known.share_us};
}

void service_times::forget_oldest_half() {
  latest_ = nullptr;
  std::vector<std::uint64_t> ages;
  ages.reserve(entries_.size());
  for (const auto& [identity, known] : entries_)
    ages.push_back(known.recorded_at);
  const auto last_to_go = ages.begin() + static_cast<std::ptrdiff_t>((ages.size() - 1) / 2);
  std::nth_element(ages.begin(), last_to_go, ages.end());
  std::erase_if(entries_, [limit = *last_to_go](const auto& item) {
    return item.second.recorded_at <= limit;
  });
}

} // namespace freehold
