#include "config/problem.hpp"

#include <algorithm>
#include <fmt/format.h>
#include <tuple>

namespace freehold {
namespace {

std::string headline(const std::vector<config_problem>& problems) {
  const auto same_source = [&](const config_problem& problem) {
    return problem.source == problems.front().source;
  };
  const bool one_source =
      !problems.empty() && std::all_of(problems.begin(), problems.end(), same_source);
  return fmt::format("{} problem{} in {}:", problems.size(), problems.size() == 1 ? "" : "s",
                     one_source ? problems.front().source : "the configuration");
}

std::string describe(const std::vector<config_problem>& problems) {
  std::string text = headline(problems);
  for (const config_problem& problem : problems) {
    text += "\n  " + problem.source;
    if (problem.line != 0)
      text += fmt::format(":{}:{}", problem.line, problem.column);
    text += ": ";
    if (!problem.key.empty())
      text += problem.key + ": ";
    text += problem.message;
  }
  return text;
}

} // namespace

config_error::config_error(std::vector<config_problem> problems)
    : std::runtime_error{describe(problems)}, problems_{std::move(problems)} {}

} // namespace freehold

namespace freehold::configuration {

void problem_list::add(const place& where, std::string message) {
  problems_.push_back(
      {where.source, where.line, where.column, where.key, where.value, std::move(message)});
}

void problem_list::append(const problem_list& others) {
  problems_.insert(problems_.end(), others.problems_.begin(), others.problems_.end());
}

std::vector<config_problem> problem_list::sorted() const {
  std::vector<config_problem> ordered = problems_;
  std::stable_sort(ordered.begin(), ordered.end(),
                   [](const config_problem& left, const config_problem& right) {
                     return std::tie(left.line, left.column) < std::tie(right.line, right.column);
                   });
  return ordered;
}

void problem_list::throw_if_any() const {
  if (!problems_.empty())
    throw config_error{sorted()};
}

place provenance::of(const std::string& key) const {
  const auto found = places_.find(key);
  return found != places_.end() ? found->second : place{source_, 0, 0, key, ""};
}

std::string in_quotes(std::string_view text) {
  constexpr std::size_t longest = 60;
  std::string result = "\"";
  for (const char letter : text.substr(0, longest)) {
    const auto code = static_cast<unsigned char>(letter);
    if (letter == '"' || letter == '\\')
      result += '\\';
    if (code < 0x20 || code == 0x7f)
      result += fmt::format("\\x{:02x}", code);
    else
      result += letter;
  }
  return result + (text.size() > longest ? "…\"" : "\"");
}

} // namespace freehold::configuration
