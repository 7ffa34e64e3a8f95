// Which log lines are written and which are counted, so that what keeps failing
// does not drown the rest.
#pragma once

#include <spdlog/common.h>

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace freehold {

/// What a line has in common with those like it: its severity, its words and its
/// fields, whatever numbers stand in them by themselves. Digits that are part of
/// a name ("db1", "57P01") tell lines apart.
[[nodiscard]] std::string kind_of_line(spdlog::level::level_enum level, std::string_view line);

/// Lines that were counted: the latest, and how many there were.
struct counted_lines {
  spdlog::level::level_enum level = spdlog::level::info;
  std::string latest;
  std::uint64_t count = 0;
  std::chrono::milliseconds within{0}; ///< the time that they came in
};

/// The first line of a kind is to be written and opens an interval; those that
/// follow within it are counted. At its end the count is to be told, which opens
/// the next, or the kind is forgotten if there was none. So whatever goes on
/// gives a line an interval, and the lines written and told add up to all.
class repeat_filter {
public:
  using time_point = std::chrono::steady_clock::time_point;

  /// Kinds that are known at once; one more takes the place of the oldest.
  static constexpr std::size_t most_kinds = 256;

  /// Within an interval of 0 nothing repeats.
  explicit repeat_filter(std::chrono::milliseconds interval) noexcept : interval_{interval} {}
  /// For intervals that begin from now on. What has been counted is due at once
  /// when it is shorter than before.
  void set_interval(std::chrono::milliseconds interval) noexcept { interval_ = interval; }

  /// Whether the line is to be written; else it was counted.
  [[nodiscard]] bool admit(spdlog::level::level_enum level, std::string_view line, time_point now);
  /// What is to be told now.
  [[nodiscard]] std::vector<counted_lines> due(time_point now);
  /// All that was counted, to be told at once.
  [[nodiscard]] std::vector<counted_lines> all(time_point now);
  /// When something will be due; none while nothing is counted.
  [[nodiscard]] std::optional<time_point> next_event() const;

private:
  struct entry {
    time_point since;
    spdlog::level::level_enum level;
    std::string latest;
    std::uint64_t count = 0;
  };
  using table = std::unordered_map<std::string, entry>;

  void tell(const entry& what, time_point now, std::vector<counted_lines>& to) const;
  void make_room(time_point now);

  std::chrono::milliseconds interval_;
  table kinds_;
  std::vector<counted_lines> evicted_;
};

} // namespace freehold
