// Stands between a logger and the sinks that write, and keeps lines that repeat
// from them.
#pragma once

#include "runtime/repeat_filter.hpp"

#include <spdlog/sinks/base_sink.h>

#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <vector>

namespace freehold {

/// Lines at `debug` and below and lines of one request pass: whoever asks for
/// them wants each. Of the others a `repeat_filter` decides, and what it counted
/// is told at the interval's end, at `flush`, and when the sink ends. Any thread
/// may call it.
///
/// The sinks behind it keep their levels and formatters; they are flushed after
/// each line at `warn` or above.
class repeat_sink final : public spdlog::sinks::base_sink<std::mutex> {
public:
  using time_point = repeat_filter::time_point;
  using time_source = std::function<time_point()>;

  repeat_sink(std::vector<spdlog::sink_ptr> to, std::chrono::milliseconds interval,
              time_source now = std::chrono::steady_clock::now)
      : to_{std::move(to)}, filter_{interval}, now_{std::move(now)} {}
  repeat_sink(const repeat_sink&) = delete;
  repeat_sink& operator=(const repeat_sink&) = delete;
  ~repeat_sink() override;

  void set_interval(std::chrono::milliseconds interval);
  /// Tells what is due. Returns when to do so next, if nothing is logged before;
  /// none while nothing is counted.
  std::optional<time_point> tell_due();
  /// Called, on the thread that logs, when counting began: `tell_due` is needed.
  /// It must not log.
  void on_counting(std::function<void()> call);

private:
  void sink_it_(const spdlog::details::log_msg& message) override;
  void flush_() override;
  /// Of the sinks behind it, each has its own.
  void set_formatter_(std::unique_ptr<spdlog::formatter>) override {}
  void set_pattern_(const std::string&) override {}

  void write(const spdlog::details::log_msg& message);
  void tell(const std::vector<counted_lines>& counted);

  const std::vector<spdlog::sink_ptr> to_;
  repeat_filter filter_;
  const time_source now_;
  std::function<void()> on_counting_;
  std::string logger_; // the name that lines were logged under
  bool counting_ = false;
};

} // namespace freehold
