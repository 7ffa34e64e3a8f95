#include "examples/demo/stage.hpp"

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <unistd.h>

namespace demo {
namespace {

constexpr const char* plain = "\033[0m";
constexpr const char* bold = "\033[1m";
constexpr const char* dim = "\033[2m";
constexpr const char* green = "\033[32m";
constexpr const char* red = "\033[31m";
constexpr const char* cyan = "\033[36m";

/// As many words as there is room for beside a label.
std::string_view first_line(std::string_view text) {
  constexpr std::size_t room = 68;
  if (text.size() <= room)
    return text;
  const std::size_t end = text.rfind(' ', room);
  return text.substr(0, end == std::string_view::npos ? room : end);
}

} // namespace

stage::stage() : colours_{isatty(STDOUT_FILENO) == 1 && std::getenv("NO_COLOR") == nullptr} {}

void stage::headline(std::string_view text) {
  fmt::print("\n  {}Freehold{}  {}{}{}\n", code(bold), code(plain), code(dim), text, code(plain));
}

void stage::act(std::string_view title) {
  fmt::print("\n  {}{}  {}{}\n", code(bold), ++acts_, title, code(plain));
  std::fflush(stdout);
}

void stage::holds(bool yes, std::string_view label, std::string_view figure,
                  std::string_view remark) {
  ++checks_;
  if (!yes)
    ++broken_;
  fmt::print("   {}{}{}  {:<25}{}{:>9}{}  {}{}{}\n", code(yes ? green : red), yes ? "✓" : "✗",
             code(plain), label, code(bold), figure, code(plain), code(dim), remark, code(plain));
  std::fflush(stdout);
}

void stage::note(std::string_view label, std::string_view text) {
  while (!text.empty()) {
    const std::string_view line = first_line(text);
    fmt::print("      {:<25}{}{}{}\n", label, code(cyan), line, code(plain));
    text.remove_prefix(std::min(text.size(), line.size() + 1));
    label = "";
  }
  std::fflush(stdout);
}

int stage::end(double seconds) {
  if (broken_ == 0) {
    fmt::print("\n  {}{}All {} statements hold{} ({:.1f} s).\n\n", code(bold), code(green), checks_,
               code(plain), seconds);
    return EXIT_SUCCESS;
  }
  fmt::print("\n  {}{}{} of {} statements do not hold{} ({:.1f} s).\n\n", code(bold), code(red),
             broken_, checks_, code(plain), seconds);
  return EXIT_FAILURE;
}

std::string grouped(std::uint64_t number) {
  std::string text = std::to_string(number);
  for (std::size_t end = text.size(); end > 3;)
    text.insert(end -= 3, 1, ' ');
  return text;
}

std::string duration(double microseconds) {
  if (microseconds < 1'000)
    return fmt::format("{:.0f} us", microseconds);
  if (microseconds < 1'000'000)
    return fmt::format("{:.1f} ms", microseconds / 1'000);
  return fmt::format("{:.2f} s", microseconds / 1'000'000);
}

} // namespace demo
