// What the demo looks like: acts with a headline, and lines that hold or do not.
#pragma once

#include <fmt/format.h>

#include <cstdint>
#include <string>
#include <string_view>

namespace demo {

/// Prints to stdout as the acts go, in colour on a terminal, and counts what
/// did not hold.
class stage {
public:
  stage();

  void headline(std::string_view text);
  /// The next act; the number comes by itself.
  void act(std::string_view title);
  /// A statement that has to hold: a label, a figure, and what it means.
  void holds(bool yes, std::string_view label, std::string_view figure, std::string_view remark);
  /// Something to know.
  void note(std::string_view label, std::string_view text);
  /// The last line; the exit code of the program.
  [[nodiscard]] int end(double seconds);

private:
  [[nodiscard]] const char* code(const char* escape) const { return colours_ ? escape : ""; }

  bool colours_;
  int acts_ = 0;
  int checks_ = 0;
  int broken_ = 0;
};

/// 1234567 as "1 234 567".
[[nodiscard]] std::string grouped(std::uint64_t number);
/// Microseconds as "850 us" or "1.2 ms".
[[nodiscard]] std::string duration(double microseconds);

} // namespace demo
