#include "runtime/log_fields.hpp"

#include "runtime/ascii.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>

namespace freehold {

namespace {

struct known_key {
  std::string_view name;
  bool is_number;
};

constexpr std::array known_keys{
    known_key{"database", false},  known_key{"query", false},    known_key{"connection", true},
    known_key{"statement", false}, known_key{"error", false},    known_key{"attempt", true},
    known_key{"time_ms", true},    known_key{"waited_ms", true}, known_key{"ran_ms", true},
    known_key{"left_out", true},   known_key{"repeats", true}};

bool is_plain(char c) {
  return is_digit(c) || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' || c == '-' ||
         c == '.' || c == ':' || c == '/';
}

bool is_control(char c) {
  return static_cast<unsigned char>(c) < 0x20 || c == 0x7f;
}

// Without "[": then the last " [" of a line is where its fields begin.
std::string in_quotes(std::string_view value) {
  std::string text = "\"";
  for (const char c : value) {
    if (c == '"' || c == '\\' || c == '[')
      text += '\\';
    text += is_control(c) ? ' ' : c;
  }
  return text + '"';
}

void add(std::string& text, std::string_view key, std::string_view value) {
  const bool plain = !value.empty() && std::all_of(value.begin(), value.end(), is_plain);
  text += fmt::format("{}{}={}", text.empty() ? "" : " ", key,
                      plain ? std::string{value} : in_quotes(value));
}

void add_time(std::string& text, std::string_view key,
              const std::optional<std::chrono::microseconds>& time) {
  if (time)
    add(text, key, fmt::format("{}.{:03}", time->count() / 1000, std::abs(time->count() % 1000)));
}

void add_count(std::string& text, std::string_view key, std::uint64_t count) {
  if (count > 0)
    add(text, key, std::to_string(count));
}

std::string to_text(const log_fields& fields) {
  std::string text;
  if (!fields.database.empty())
    add(text, "database", fields.database);
  if (!fields.query.empty())
    add(text, "query", fields.query);
  add_count(text, "connection", fields.connection);
  if (!fields.statement.empty())
    add(text, "statement", fields.statement);
  if (!fields.error.empty())
    add(text, "error", fields.error);
  add_count(text, "attempt", fields.attempt);
  add_time(text, "time_ms", fields.time);
  add_time(text, "waited_ms", fields.waited);
  add_time(text, "ran_ms", fields.ran);
  add_count(text, "left_out", fields.left_out);
  add_count(text, "repeats", fields.repeats);
  return text;
}

// "0", "12", "0.125": what JSON takes as a number, too.
bool is_number(std::string_view text) {
  const std::size_t point = std::min(text.find('.'), text.size());
  const std::string_view whole = text.substr(0, point);
  const std::string_view part = text.substr(std::min(point + 1, text.size()));
  const auto digits = [](std::string_view some) {
    return !some.empty() && some.size() <= 20 && std::all_of(some.begin(), some.end(), is_digit);
  };
  return digits(whole) && (whole.size() == 1 || whole.front() != '0') &&
         (point == text.size() || digits(part));
}

// Takes a value off the front; none when it is not written as we write them.
std::optional<std::string> take_value(std::string_view& text) {
  std::string value;
  if (text.empty() || text.front() != '"') {
    while (!text.empty() && is_plain(text.front())) {
      value += text.front();
      text.remove_prefix(1);
    }
    return value.empty() ? std::nullopt : std::optional{value};
  }
  text.remove_prefix(1);
  while (!text.empty() && text.front() != '"') {
    if (text.front() == '\\')
      text.remove_prefix(1);
    if (text.empty())
      return std::nullopt;
    value += text.front();
    text.remove_prefix(1);
  }
  if (text.empty())
    return std::nullopt;
  text.remove_prefix(1);
  return value;
}

std::string join(std::string_view message, const std::string& fields) {
  std::string line{message};
  std::replace_if(line.begin(), line.end(), is_control, ' ');
  if (!fields.empty() || split_line(line).message.size() != line.size())
    line += " [" + fields + "]";
  return line;
}

} // namespace

bool for_each_field(std::string_view fields, const std::function<void(field&&)>& each) {
  while (!fields.empty()) {
    const std::size_t equals = std::min(fields.find('='), fields.size());
    const std::string_view name = fields.substr(0, equals);
    const auto* const known = std::find_if(known_keys.begin(), known_keys.end(),
                                           [&](const known_key& one) { return one.name == name; });
    if (known == known_keys.end())
      return false;
    fields.remove_prefix(std::min(equals + 1, fields.size()));
    std::optional<std::string> value = take_value(fields);
    if (!value || (known->is_number && !is_number(*value)))
      return false;
    each({known->name, std::move(*value), known->is_number});
    if (fields.empty())
      return true;
    if (fields.front() != ' ' || fields.size() == 1)
      return false;
    fields.remove_prefix(1);
  }
  return true;
}

line_parts split_line(std::string_view line) {
  const std::size_t begin = line.rfind(" [");
  if (begin == std::string_view::npos || line.back() != ']')
    return {line, {}};
  const std::string_view fields = line.substr(begin + 2, line.size() - begin - 3);
  if (!for_each_field(fields, [](field&&) {}))
    return {line, {}};
  return {line.substr(0, begin), fields};
}

std::string to_line(std::string_view message, const log_fields& fields) {
  return join(message, to_text(fields));
}

std::string with_repeats(std::string_view line, std::string_view remark, std::uint64_t repeats) {
  const line_parts parts = split_line(line);
  std::string fields{parts.fields};
  add_count(fields, "repeats", repeats);
  return join(fmt::format("{} {}", parts.message, remark), fields);
}

} // namespace freehold
