#include "actors/command/console.hpp"

namespace freehold::command {

bool wants_color(colors choice, bool terminal, const environment& env) {
  if (choice != colors::automatic)
    return choice == colors::always;
  return terminal && env("NO_COLOR").value_or("").empty() && env("TERM").value_or("dumb") != "dumb";
}

std::string palette::operator()(ink how, std::string_view text) const {
  static constexpr std::string_view codes[]{"0", "1", "2", "32", "36", "33", "31"};
  static_assert(std::size(codes) == static_cast<std::size_t>(ink::red) + 1);
  if (!on_ || how == ink::plain)
    return std::string{text};
  std::string made{"\x1b["};
  made.append(codes[static_cast<std::size_t>(how)]).append("m").append(text).append("\x1b[0m");
  return made;
}

std::string wrapped(std::string_view text, std::size_t indent, std::size_t width) {
  const std::string margin(indent, ' ');
  std::string made;
  std::size_t column = 0;
  while (!text.empty()) {
    const std::size_t space = text.find(' ');
    const std::string_view word = text.substr(0, space);
    text.remove_prefix(space == std::string_view::npos ? text.size() : space + 1);
    if (word.empty())
      continue;
    if (column != 0 && column + 1 + word.size() > width) {
      made += '\n';
      column = 0;
    }
    made += column == 0 ? margin : " ";
    made += word;
    column += (column == 0 ? indent : 1) + word.size();
  }
  return made;
}

std::string harmless(std::string_view text) {
  std::string made{text};
  for (char& c : made) {
    const auto byte = static_cast<unsigned char>(c);
    if (byte < 0x20 || byte == 0x7f)
      c = ' ';
  }
  return made;
}

} // namespace freehold::command
