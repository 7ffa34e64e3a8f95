// Reading a snapshot leniently, and lines of text with colours.
#pragma once

#include "actors/command/console.hpp"

#include <nlohmann/json.hpp>

#include <string>
#include <string_view>
#include <utility>

namespace freehold::command {

/// What stands at a JSON pointer ("/pool/idle"); null when nothing does.
[[nodiscard]] const nlohmann::json& at(const nlohmann::json& in, const char* pointer);
/// 0 for what is no number.
[[nodiscard]] double number(const nlohmann::json& in, const char* pointer);
/// Empty for what is no text; fit for a terminal.
[[nodiscard]] std::string text(const nlohmann::json& in, const char* pointer);
/// False for what is no boolean.
[[nodiscard]] bool flag(const nlohmann::json& in, const char* pointer);

/// "12 ms", "3.4 s", "5 min 06 s", "7 h 08 min".
[[nodiscard]] std::string duration(double milliseconds);

/// The beginning of a text, at most so many bytes, and no half of a character.
[[nodiscard]] std::string_view beginning(std::string_view text, std::size_t bytes);

/// A line that is cut where the width ends, colours not counted.
class line {
public:
  explicit line(const palette& paint, std::size_t width) : paint_{paint}, left_{width} {}
  line& add(std::string_view what, ink how = ink::plain) {
    const std::string_view fits = beginning(what, left_);
    made_ += paint_(how, fits);
    left_ = fits.size() < what.size() ? 0 : left_ - fits.size();
    return *this;
  }
  [[nodiscard]] std::string take() { return std::move(made_) + "\n"; }

private:
  const palette& paint_;
  std::size_t left_;
  std::string made_;
};

} // namespace freehold::command
