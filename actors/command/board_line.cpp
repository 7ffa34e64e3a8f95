#include "actors/command/board_line.hpp"

#include <fmt/format.h>

namespace freehold::command {
namespace {

using nlohmann::json;

const json absent;

} // namespace

const json& at(const json& in, const char* pointer) {
  const json::json_pointer where{pointer};
  return in.contains(where) ? in.at(where) : absent;
}

double number(const json& in, const char* pointer) {
  const json& found = at(in, pointer);
  return found.is_number() ? found.get<double>() : 0;
}

std::string text(const json& in, const char* pointer) {
  const json& found = at(in, pointer);
  return found.is_string() ? harmless(found.get<std::string>()) : std::string{};
}

bool flag(const json& in, const char* pointer) {
  const json& found = at(in, pointer);
  return found.is_boolean() && found.get<bool>();
}

std::string_view beginning(std::string_view text, std::size_t bytes) {
  if (text.size() <= bytes)
    return text;
  while (bytes > 0 && (static_cast<unsigned char>(text[bytes]) & 0xC0) == 0x80)
    --bytes;
  return text.substr(0, bytes);
}

std::string duration(double milliseconds) {
  if (milliseconds < 1'000)
    return fmt::format("{:.0f} ms", milliseconds);
  if (milliseconds < 60'000)
    return fmt::format("{:.1f} s", milliseconds / 1'000);
  const auto seconds = static_cast<long long>(milliseconds / 1'000);
  return seconds < 3'600 ? fmt::format("{} min {:02} s", seconds / 60, seconds % 60)
                         : fmt::format("{} h {:02} min", seconds / 3'600, seconds / 60 % 60);
}

} // namespace freehold::command
