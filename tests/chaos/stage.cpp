#include "tests/chaos/stage.hpp"

#include <cstdio>
#include <cstdlib>

#include <unistd.h>

namespace chaos {
namespace {

constexpr const char* plain = "\033[0m";
constexpr const char* bold = "\033[1m";
constexpr const char* dim = "\033[2m";
constexpr const char* green = "\033[32m";
constexpr const char* red = "\033[31m";
constexpr const char* cyan = "\033[36m";

} // namespace

stage::stage() : colours_{isatty(STDOUT_FILENO) == 1 && std::getenv("NO_COLOR") == nullptr} {}

void stage::headline(std::string_view text) {
  fmt::print("\n  {}Freehold under chaos{}  {}{}{}\n", code(bold), code(plain), code(dim), text,
             code(plain));
  std::fflush(stdout);
}

void stage::scenario(std::string_view name, std::string_view title) {
  fmt::print("\n  {}{}{}  {}\n", code(bold), name, code(plain), title);
  std::fflush(stdout);
}

void stage::line(const char* colour, std::string_view mark, std::string_view label,
                 std::string_view figure, std::string_view remark) {
  fmt::print("   {}{}{}  {:<28}{}{:>10}{}  {}{}{}\n", code(colour), mark, code(plain), label,
             code(bold), figure, code(plain), code(dim), remark, code(plain));
  std::fflush(stdout);
}

void stage::holds(bool yes, std::string_view label, std::string_view figure,
                  std::string_view remark) {
  ++checks_;
  if (!yes)
    ++broken_;
  line(yes ? green : red, yes ? "✓" : "✗", label, figure, remark);
}

void stage::shows(std::string_view label, std::string_view figure, std::string_view remark) {
  line(cyan, "·", label, figure, remark);
}

int stage::end(clock::duration took) {
  if (broken_ == 0) {
    fmt::print("\n  {}{}All {} statements hold{} ({}).\n\n", code(bold), code(green), checks_,
               code(plain), shown(took));
    return EXIT_SUCCESS;
  }
  fmt::print("\n  {}{}{} of {} statements do not hold{} ({}).\n\n", code(bold), code(red), broken_,
             checks_, code(plain), shown(took));
  return EXIT_FAILURE;
}

std::string grouped(std::uint64_t number) {
  std::string text = std::to_string(number);
  for (std::size_t end = text.size(); end > 3;)
    text.insert(end -= 3, 1, ' ');
  return text;
}

std::string shown(clock::duration time) {
  if (time < clock::duration::zero())
    return "-" + shown(-time);
  const double microseconds = std::chrono::duration<double, std::micro>(time).count();
  if (microseconds < 1'000)
    return fmt::format("{:.0f} us", microseconds);
  if (microseconds < 1'000'000)
    return fmt::format("{:.1f} ms", microseconds / 1'000);
  return fmt::format("{:.2f} s", microseconds / 1'000'000);
}

} // namespace chaos
