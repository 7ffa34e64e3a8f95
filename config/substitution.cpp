#include "config/substitution.hpp"

#include <algorithm>
#include <cstdlib>
#include <fmt/format.h>

namespace freehold {

environment process_environment() {
  return [](const std::string& name) -> std::optional<std::string> {
    const char* const value = std::getenv(name.c_str());
    return value ? std::optional<std::string>{value} : std::nullopt;
  };
}

} // namespace freehold

namespace freehold::configuration {
namespace {

bool is_variable_name(std::string_view name) {
  const auto allowed = [](char letter) {
    return (letter >= 'A' && letter <= 'Z') || (letter >= 'a' && letter <= 'z') ||
           (letter >= '0' && letter <= '9') || letter == '_';
  };
  return !name.empty() && !(name.front() >= '0' && name.front() <= '9') &&
         std::all_of(name.begin(), name.end(), allowed);
}

/// `inside` is what stands between the braces.
void replace_reference(std::string_view inside, const environment& env, substitution& result) {
  const std::size_t mark = inside.find(":-");
  const std::string name{inside.substr(0, mark)};
  if (!is_variable_name(name)) {
    result.problems.emplace_back("expects a variable's name between \"${\" and \"}\"; write "
                                 "$$ for a dollar sign");
    return;
  }
  const std::optional<std::string> value = env(name);
  const bool use_default = mark != std::string_view::npos && (!value || value->empty());
  if (use_default)
    result.text += inside.substr(mark + 2);
  else if (value)
    result.text += *value;
  else
    result.problems.push_back(
        fmt::format("the environment variable {0} is not set; set it or give a default: "
                    "${{{0}:-…}}",
                    name));
}

} // namespace

substitution substitute(std::string_view text, const environment& env) {
  substitution result;
  while (!text.empty()) {
    if (text.starts_with("$$")) {
      result.text += '$';
      text.remove_prefix(2);
    } else if (text.starts_with("${")) {
      result.referred = true;
      const std::size_t end = text.find('}');
      if (end == std::string_view::npos) {
        result.problems.emplace_back("a \"${\" is not closed; write $$ for a dollar sign");
        return result;
      }
      replace_reference(text.substr(2, end - 2), env, result);
      text.remove_prefix(end + 1);
    } else {
      result.text += text.front();
      text.remove_prefix(1);
    }
  }
  return result;
}

bool has_reference(std::string_view text) {
  const environment nothing = [](const std::string&) { return std::optional<std::string>{}; };
  return substitute(text, nothing).referred;
}

} // namespace freehold::configuration
