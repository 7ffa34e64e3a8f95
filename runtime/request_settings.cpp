#include "runtime/request_settings.hpp"

#include "config/name.hpp"

#include <fmt/format.h>
#include <strings.h>

#include <algorithm>
#include <array>

namespace freehold {
namespace {

bool is_same_name(const std::string& a, const std::string& b) noexcept {
  return strcasecmp(a.c_str(), b.c_str()) == 0;
}

bool is_given(const std::vector<setting>& all, const std::string& name) {
  return std::any_of(all.begin(), all.end(),
                     [&](const setting& each) { return is_same_name(each.name, name); });
}

// What results are read by: under another value they would be read wrongly.
bool shapes_results(const std::string& name) {
  static const std::array<std::string, 3> all{"client_encoding", "DateStyle", "IntervalStyle"};
  return std::any_of(all.begin(), all.end(),
                     [&](const std::string& each) { return is_same_name(each, name); });
}

std::optional<settings_problem> judge(const setting& one) {
  // A name that is none may be anything, a value that was misplaced for instance: it is not shown.
  if (!configuration::is_setting_name(one.name))
    return settings_problem{errc::bad_parameter,
                            "a setting's name must be 1 to 128 letters, digits, _ and dots, "
                            "and begin with a letter or _"};
  if (shapes_results(one.name))
    return settings_problem{errc::not_allowed,
                            fmt::format("the setting \"{}\" is the runtime's own: results are "
                                        "read by it",
                                        one.name)};
  if (const parameters value = parameters::of(one.value); value.problem())
    return settings_problem{errc::bad_parameter,
                            fmt::format("the value of the setting \"{}\" cannot be sent: {}",
                                        one.name, *value.problem())};
  return std::nullopt;
}

statement statement_for(std::size_t count) {
  std::string sql = "SELECT ";
  for (std::size_t i = 0; i < count; ++i)
    sql += fmt::format("{}set_config(${}, ${}, true)", i == 0 ? "" : ", ", 2 * i + 1, 2 * i + 2);
  return {"settings of a request", sql};
}

} // namespace

std::optional<settings_problem> judge_settings(const std::vector<setting>& given,
                                               const std::vector<std::string>& required) {
  if (given.size() > most_settings)
    return settings_problem{
        errc::bad_parameter,
        fmt::format("{} settings, and a request takes at most {}", given.size(), most_settings)};
  for (std::size_t i = 0; i < given.size(); ++i) {
    if (std::optional<settings_problem> wrong = judge(given[i]))
      return wrong;
    for (std::size_t earlier = 0; earlier < i; ++earlier)
      if (is_same_name(given[earlier].name, given[i].name))
        return settings_problem{errc::bad_parameter,
                                fmt::format("the setting \"{}\" is given twice", given[i].name)};
  }
  for (const std::string& name : required)
    if (!is_given(given, name))
      return settings_problem{errc::not_allowed,
                              fmt::format("the request does not give the setting \"{}\", which "
                                          "statements.required_settings demands",
                                          name)};
  return std::nullopt;
}

std::unique_ptr<const bound_statement> settings_statement(const std::vector<setting>& given) {
  if (given.empty())
    return nullptr;
  bound_statement made{statement_for(given.size()), {}};
  for (const setting& each : given) {
    made.values.add(each.name);
    made.values.add(each.value);
  }
  return std::make_unique<const bound_statement>(std::move(made));
}

} // namespace freehold
