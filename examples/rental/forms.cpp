#include "examples/rental/forms.hpp"

#include <freehold/value.hpp>

#include <algorithm>
#include <charconv>

namespace rental {

namespace {

std::string trimmed(std::string_view text) {
  constexpr std::string_view white = " \t\r\n";
  const auto first = std::min(text.find_first_not_of(white), text.size());
  return std::string{text.substr(first, text.find_last_not_of(white) - first + 1)};
}

std::optional<int> whole_number(std::string_view text) noexcept {
  int value = 0;
  const auto [end, wrong] = std::from_chars(text.data(), text.data() + text.size(), value);
  const bool is_number = wrong == std::errc{} && end == text.data() + text.size();
  return is_number ? std::optional{value} : std::nullopt;
}

// So many characters of UTF-8, which is what Freehold sends, and none that controls a terminal. A
// browser sends a new line as two and counts one.
bool is_text(const std::string& typed, int least, int most) {
  int characters = 0;
  for (const char byte : typed) {
    const auto each = static_cast<unsigned char>(byte);
    if (each == 0x7f || (each < ' ' && each != '\n' && each != '\r' && each != '\t'))
      return false;
    characters += (each & 0xc0) != 0x80 && each != '\r'; // else not the first byte of one
  }
  return characters >= least && characters <= most && !fh::parameters::of(typed).problem();
}

} // namespace

search read_search(const form_fields& typed, std::set<std::string>& wrong) {
  search what;
  const auto number = [&](const char* field, int least, int most, int& to) {
    const std::string text = trimmed(typed(field));
    const std::optional<int> value = text.empty() ? to : whole_number(text);
    if (value && *value >= least && *value <= most)
      to = *value;
    else
      wrong.insert(field);
  };
  number("rent_from", 0, search::highest_rent, what.rent_from);
  number("rent_to", what.rent_from, search::highest_rent, what.rent_to);
  number("rooms", 1, 20, what.rooms);
  number("page", 1, search::last_page, what.page);
  what.city = trimmed(typed("city"));
  if (!is_text(what.city, 0, 80))
    wrong.insert("city");
  const auto& known = search::sortings;
  const std::string sort = typed("sort").empty() ? known[0] : typed("sort");
  what.sorted_by =
      static_cast<std::size_t>(std::find(known.begin(), known.end(), sort) - known.begin());
  if (what.sorted_by == known.size())
    wrong.insert("sort");
  return what;
}

std::optional<std::string> normal_email(std::string_view typed) {
  std::string email = trimmed(typed);
  const auto at = email.find('@');
  if (!is_text(email, 3, 254) || at == 0 || at >= email.size() - 1 || at != email.rfind('@') ||
      email.find_first_of(" \t\r\n<>,;") != std::string::npos)
    return std::nullopt;
  for (char& each : email)
    each = each >= 'A' && each <= 'Z' ? static_cast<char>(each - 'A' + 'a') : each;
  return email;
}

bool is_message(const std::string& typed) {
  return is_text(typed, 0, 4'000) && is_text(trimmed(typed), 10, 2'000);
}

} // namespace rental
