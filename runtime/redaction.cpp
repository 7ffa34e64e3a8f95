#include "runtime/redaction.hpp"

#include <algorithm>
#include <array>
#include <cstddef>
#include <optional>
#include <vector>

namespace freehold {
namespace {

constexpr std::size_t shortest_value = 3;
constexpr std::size_t longest_text = 1000;
// A message may quote a whole parameter of many megabytes; no more than this is
// looked at.
constexpr std::size_t longest_message = 4096;
// The server cuts identifiers to 63 bytes, and not within a character (at most
// four bytes): so much of a longer value is sure to be there.
constexpr std::size_t sure_prefix = 60;

struct quotes {
  std::string_view opening;
  std::array<std::string_view, 4> closing;
};

// Marks of PostgreSQL's translations: German »…« and „…“, French, Spanish and
// Russian «…», Swedish »…», Chinese “…”, Japanese 「…」, and gettext's old `…'.
constexpr quotes quotation_marks[]{
    {"\"", {"\""}},    {"'", {"'"}},      {"`", {"'", "`"}}, {"«", {"»"}},
    {"»", {"«", "»"}}, {"“", {"”", "“"}}, {"‘", {"’"}},      {"‚", {"‘", "’"}},
    {"‹", {"›"}},      {"›", {"‹", "›"}}, {"「", {"」"}},    {"„", {"“", "”", "„", "\""}},
};

char lower(char c) noexcept {
  return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
}

bool is_letter(char c) noexcept {
  return lower(c) >= 'a' && lower(c) <= 'z';
}

std::string lowered(std::string_view text) {
  std::string result{text};
  std::transform(result.begin(), result.end(), result.begin(), lower);
  return result;
}

// Marks each byte that belongs to an occurrence of a value with that value's
// number. Marking instead of replacing one by one: where two values overlap,
// what is left of the second must not stay behind.
std::vector<std::size_t> covered_by(const std::string& text,
                                    std::span<const std::string_view> values) {
  std::vector<std::size_t> owner(text.size(), 0);
  for (std::size_t n = 0; n < values.size(); ++n) {
    if (values[n].size() < shortest_value)
      continue;
    const std::string value = lowered(values[n].substr(0, text.size()));
    const std::string_view prefix = std::string_view{value}.substr(0, sure_prefix);
    for (auto at = text.find(prefix); at != std::string::npos; at = text.find(prefix, at + 1))
      for (std::size_t i = 0; i < std::min(value.size(), text.size() - at); ++i) {
        if (text[at + i] != value[i])
          break;
        if (owner[at + i] == 0)
          owner[at + i] = n + 1;
      }
  }
  return owner;
}

std::string without_parameters(std::string_view message, std::span<const std::string_view> values) {
  // What is cut off may end a value that begins just before: of a value that
  // begins earlier, the sure prefix is there.
  const bool cut = message.size() > longest_message;
  message = message.substr(0, longest_message);
  const std::vector<std::size_t> owner = covered_by(lowered(message), values);
  std::string result;
  const std::size_t end = cut ? message.size() - sure_prefix : message.size();
  for (std::size_t i = 0; i < end; ++i) {
    if (owner[i] == 0)
      result += message[i];
    else if (i == 0 || owner[i] != owner[i - 1])
      result += "$" + std::to_string(owner[i]);
  }
  return result;
}

bool quotes_names_only(std::string_view sqlstate) {
  static constexpr std::string_view classes[]{"08", "0A", "25", "26", "28", "3D", "3F", "40",
                                              "42", "53", "54", "55", "57", "58", "XX"};
  return sqlstate != "42804" && std::any_of(std::begin(classes), std::end(classes),
                                            [&](auto c) { return sqlstate.starts_with(c); });
}

// As in don't or l'index; E'…' and X'…' are literals.
bool is_apostrophe(std::string_view text, std::size_t at) {
  return text[at] == '\'' && at > 0 && at + 1 < text.size() && is_letter(text[at - 1]) &&
         text[at - 1] == lower(text[at - 1]) && is_letter(text[at + 1]);
}

const quotes* opening_at(std::string_view text, std::size_t at) {
  const std::string_view rest = text.substr(at);
  for (const quotes& mark : quotation_marks)
    if (rest.starts_with(mark.opening)) {
      return is_apostrophe(text, at) ? nullptr : &mark;
    }
  return nullptr;
}

struct passage {
  std::size_t end;   // of its content
  std::size_t after; // the closing mark
};

std::optional<passage> closing_after(std::string_view text, std::size_t begin, const quotes& mark,
                                     bool last) {
  std::optional<passage> found;
  for (const std::string_view closing : mark.closing) {
    const std::size_t at = last ? text.rfind(closing) : text.find(closing, begin);
    if (closing.empty() || at == std::string_view::npos || at < begin)
      continue;
    if (!found || (last ? at > found->end : at < found->end))
      found = passage{at, at + closing.size()};
  }
  return found;
}

// French sets spaces inside its marks, often ones that do not break.
std::string_view trimmed(std::string_view text) {
  static constexpr std::string_view spaces[]{" ", "\u00a0", "\u202f"};
  for (bool again = true; again;) {
    again = false;
    for (const std::string_view space : spaces) {
      if (text.starts_with(space)) {
        text.remove_prefix(space.size());
        again = true;
      }
      if (text.ends_with(space)) {
        text.remove_suffix(space.size());
        again = true;
      }
    }
  }
  return text;
}

bool may_be_shown(std::string_view content, const server_error& e) {
  content = trimmed(content);
  if (content.starts_with('$'))
    return content.size() > 1 && content.find_first_not_of("0123456789", 1) == content.npos;
  return !content.empty() && (content == e.constraint || content == e.table ||
                              content == e.column || content == e.datatype);
}

std::string without_quotations(std::string_view text, const server_error& e) {
  const bool values_may_contain_marks = !e.sqlstate.starts_with("23");
  std::string result;
  std::size_t at = 0;
  while (at < text.size()) {
    const quotes* mark = opening_at(text, at);
    if (mark == nullptr) {
      result += text[at++];
      continue;
    }
    const std::size_t begin = at + mark->opening.size();
    std::optional<passage> end = closing_after(text, begin, *mark, false);
    if (end && may_be_shown(text.substr(begin, end->end - begin), e)) {
      result += text.substr(at, end->after - at);
    } else {
      if (values_may_contain_marks)
        end = closing_after(text, begin, *mark, true);
      result += "\"…\"";
    }
    at = end ? end->after : text.size();
  }
  return result;
}

// Class 22 shows bytes that it cannot decode: `…encoding "UTF8": 0xe9 0x20`.
std::string without_bytes(std::string_view text) {
  std::string result;
  while (!text.empty()) {
    if (!text.starts_with("0x")) {
      result += text[0];
      text.remove_prefix(1);
      continue;
    }
    result += "0x…";
    text.remove_prefix(std::min(text.size(), text.find_first_not_of("0123456789abcdefABCDEF", 2)));
  }
  return result;
}

// Bytes of a control character at the start of `text`: ASCII, C1 (U+0080 to
// U+009F), and the line and paragraph separators.
std::size_t control_length(std::string_view text) {
  const auto first = static_cast<unsigned char>(text[0]);
  if (first < 0x20 || first == 0x7f)
    return 1;
  if (first == 0xc2 && text.size() > 1 && static_cast<unsigned char>(text[1]) < 0xa0)
    return 2;
  return text.starts_with("\u2028") || text.starts_with("\u2029") ? 3 : 0;
}

// Bytes of the character that begins with `lead`, in UTF-8.
std::size_t character_length(char lead) {
  const auto byte = static_cast<unsigned char>(lead);
  if (byte >= 0xf0)
    return 4;
  return byte >= 0xe0 ? 3 : (byte >= 0xc0 ? 2 : 1);
}

std::string one_line(std::string_view text) {
  std::string result;
  while (!text.empty()) {
    const std::size_t control = control_length(text);
    const std::string_view next = text.substr(0, control > 0 ? control : character_length(text[0]));
    if (result.size() + next.size() > longest_text)
      break;
    result += control > 0 ? std::string_view{" "} : next;
    text.remove_prefix(next.size());
  }
  return result;
}

} // namespace

std::string redacted_message(const server_error& e,
                             std::span<const std::string_view> parameter_values) {
  std::string text = without_parameters(e.message, parameter_values);
  if (!quotes_names_only(e.sqlstate))
    text = without_quotations(text, e);
  if (e.sqlstate.starts_with("22"))
    text = without_bytes(text);
  return one_line(text);
}

} // namespace freehold
