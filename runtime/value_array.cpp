// Array literals: https://www.postgresql.org/docs/current/arrays.html#ARRAYS-IO
#include <algorithm>

#include <freehold/value.hpp>

#include "runtime/value_hex.hpp"

namespace freehold {
namespace {

constexpr std::string_view several_dimensions = "the array has several dimensions";

bool is_null_word(std::string_view text) noexcept {
  constexpr std::string_view word = "NULL";
  return std::equal(text.begin(), text.end(), word.begin(), word.end(),
                    [](char a, char b) { return (a & ~0x20) == b; });
}

bool needs_no_quotes(char c) noexcept {
  return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '-' ||
         c == '+' || c == '.' || c == '_' || c == ':';
}

void write_quoted(std::string& literal, std::string_view text) {
  literal += '"';
  for (char c : text) {
    if (c == '"' || c == '\\')
      literal += '\\';
    literal += c;
  }
  literal += '"';
}

} // namespace

std::string_view parameters::bytes(std::size_t i) const noexcept {
  return {data(i), static_cast<std::size_t>(length(i))};
}

void parameters::write_element(std::string& literal, std::size_t i) const {
  if (is_null(i)) {
    literal += "NULL";
    return;
  }
  const std::string_view value = bytes(i);
  if (is_binary(i)) {
    literal += "\"\\\\x"; // the backslash of bytea's \x, quoted
    for (char c : value)
      append_hex(literal, static_cast<std::byte>(c));
    literal += '"';
  } else if (!value.empty() && std::all_of(value.begin(), value.end(), needs_no_quotes) &&
             !is_null_word(value)) {
    literal += value;
  } else {
    write_quoted(literal, value);
  }
}

void parameters::add_array(const parameters& elements) {
  if (elements.problem_) {
    // "parameter $3: …" of the elements is "element 3: …" of the array.
    const std::size_t number = elements.problem_->find('$') + 1;
    return refuse("element " + elements.problem_->substr(number));
  }
  std::string literal;
  literal.reserve(elements.buffer_.size() + elements.size() * 2 + 2);
  literal += '{';
  for (std::size_t i = 0; i < elements.size(); ++i) {
    if (i > 0)
      literal += ',';
    elements.write_element(literal, i);
  }
  literal += '}';
  append(literal, false); // its elements have been checked
}

namespace detail {

array_reader::array_reader(std::string_view literal, std::string_view type_name)
    : rest_{literal}, type_name_{type_name} {
  if (rest_.starts_with('[')) { // lower bounds: [2:3]={…}
    const std::size_t equals = rest_.find('=');
    if (equals == std::string_view::npos)
      refuse_literal();
    if (rest_.substr(1, equals).find('[') != std::string_view::npos) {
      unreadable(type_name_, several_dimensions);
    }
    rest_.remove_prefix(equals + 1);
  }
  if (rest_.size() < 2 || rest_.front() != '{' || rest_.back() != '}')
    refuse_literal();
  rest_ = rest_.substr(1, rest_.size() - 2);
}

bool array_reader::next() {
  if (rest_.empty())
    return false;
  if (count_ > 0) {
    if (rest_.front() != ',')
      refuse_literal();
    rest_.remove_prefix(1);
  }
  ++count_;
  if (rest_.starts_with('{'))
    unreadable(type_name_, several_dimensions);
  rest_.starts_with('"') ? read_quoted() : read_plain();
  return true;
}

void array_reader::read_quoted() {
  const std::size_t end = rest_.find_first_of("\"\\", 1);
  if (end == std::string_view::npos)
    refuse_literal();
  if (rest_[end] == '"') { // nothing is escaped: no copy
    element_ = {rest_.data() + 1, end - 1};
    rest_.remove_prefix(end + 1);
    return;
  }
  unescaped_.assign(rest_.substr(1, end - 1));
  std::size_t at = end;
  for (; at < rest_.size() && rest_[at] != '"'; ++at) {
    if (rest_[at] == '\\')
      ++at;
    if (at < rest_.size())
      unescaped_ += rest_[at];
  }
  if (at >= rest_.size())
    refuse_literal();
  element_ = {unescaped_.data(), unescaped_.size()};
  rest_.remove_prefix(at + 1);
}

void array_reader::read_plain() {
  const std::string_view text = rest_.substr(0, rest_.find(','));
  if (text.empty() || text.find_first_of("{}\"\\") != std::string_view::npos)
    refuse_literal();
  element_ = is_null_word(text) ? cell_view{} : cell_view{text.data(), text.size()};
  rest_.remove_prefix(text.size());
}

void array_reader::refuse(std::string_view why) const {
  unreadable(type_name_, "element " + std::to_string(count_) + " " + std::string{why});
}

void array_reader::refuse_literal() const {
  unreadable(type_name_, "not an array");
}

} // namespace detail
} // namespace freehold
