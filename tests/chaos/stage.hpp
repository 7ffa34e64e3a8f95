// What a run looks like: a headline for each scenario, and lines that hold or do not.
#pragma once

#include <fmt/format.h>

#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>

namespace chaos {

using clock = std::chrono::steady_clock;
using namespace std::chrono_literals;

/// Prints to stdout as things go, in colour on a terminal, and counts what did
/// not hold.
class stage {
public:
  stage();

  void headline(std::string_view text);
  void scenario(std::string_view name, std::string_view title);
  /// A statement that has to hold: a label, a figure, and what it means.
  void holds(bool yes, std::string_view label, std::string_view figure, std::string_view remark);
  /// A figure to know; nothing has to hold.
  void shows(std::string_view label, std::string_view figure, std::string_view remark);
  /// The last line; the exit code of the program.
  [[nodiscard]] int end(clock::duration took);

private:
  void line(const char* colour, std::string_view mark, std::string_view label,
            std::string_view figure, std::string_view remark);
  [[nodiscard]] const char* code(const char* escape) const { return colours_ ? escape : ""; }

  bool colours_;
  int checks_ = 0;
  int broken_ = 0;
};

/// 1234567 as "1 234 567".
[[nodiscard]] std::string grouped(std::uint64_t number);
/// As "850 us", "1.2 ms" or "3.40 s", with a sign when negative.
[[nodiscard]] std::string shown(clock::duration time);

} // namespace chaos
