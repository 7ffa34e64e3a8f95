#include "runtime/repeat_sink.hpp"

#include "runtime/log_fields.hpp"

#include <fmt/format.h>

namespace freehold {

namespace {

bool is_of_one_request(std::string_view line) {
  bool found = false;
  for_each_field(split_line(line).fields, [&](field&& one) { found |= one.key == "query"; });
  return found;
}

// "10 s", "1.5 s"
std::string in_seconds(std::chrono::milliseconds time) {
  const auto tenths = (time.count() + 50) / 100;
  return tenths % 10 == 0 ? fmt::format("{} s", tenths / 10)
                          : fmt::format("{}.{} s", tenths / 10, tenths % 10);
}

} // namespace

repeat_sink::~repeat_sink() {
  tell(filter_.all(now_()));
}

void repeat_sink::set_interval(std::chrono::milliseconds interval) {
  const std::lock_guard lock{mutex_};
  filter_.set_interval(interval);
  tell(filter_.due(now_()));
}

std::optional<repeat_sink::time_point> repeat_sink::tell_due() {
  const std::lock_guard lock{mutex_};
  tell(filter_.due(now_()));
  const std::optional<time_point> next = filter_.next_event();
  counting_ = next.has_value();
  return next;
}

void repeat_sink::on_counting(std::function<void()> call) {
  const std::lock_guard lock{mutex_};
  on_counting_ = std::move(call);
  counting_ = false;
}

void repeat_sink::sink_it_(const spdlog::details::log_msg& message) {
  const std::string_view line{message.payload.data(), message.payload.size()};
  logger_.assign(message.logger_name.data(), message.logger_name.size());
  if (message.level < spdlog::level::info || is_of_one_request(line))
    return write(message);
  const time_point now = now_();
  const bool admitted = filter_.admit(message.level, line, now);
  tell(filter_.due(now));
  if (admitted)
    write(message);
  if (!counting_ && on_counting_ && filter_.next_event()) {
    counting_ = true;
    on_counting_();
  }
}

void repeat_sink::write(const spdlog::details::log_msg& message) {
  for (const spdlog::sink_ptr& each : to_) {
    if (!each->should_log(message.level))
      continue;
    each->log(message);
    if (message.level >= spdlog::level::warn)
      each->flush();
  }
}

void repeat_sink::tell(const std::vector<counted_lines>& counted) {
  for (const counted_lines& each : counted) {
    const std::string remark =
        fmt::format("({} more like this in the last {})", each.count, in_seconds(each.within));
    const std::string line = with_repeats(each.latest, remark, each.count);
    write(spdlog::details::log_msg{logger_, each.level, line});
  }
}

void repeat_sink::flush_() {
  tell(filter_.all(now_()));
  for (const spdlog::sink_ptr& each : to_)
    each->flush();
}

} // namespace freehold
