// What the tests of the configuration share.
#pragma once

#include <freehold/config.hpp>

#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace config_test {

inline freehold::environment variables(std::map<std::string, std::string> values) {
  return [values = std::move(values)](const std::string& name) {
    const auto found = values.find(name);
    return found == values.end() ? std::optional<std::string>{} : found->second;
  };
}

inline freehold::config parse(std::string_view toml,
                              std::map<std::string, std::string> environment = {},
                              std::optional<std::string> profile = std::nullopt) {
  return freehold::parse_config(toml, "freehold.toml", std::move(profile),
                                variables(std::move(environment)));
}

/// The error that `load` throws; one without problems if it throws none.
inline freehold::config_error error_of(const std::function<void()>& load) {
  try {
    load();
  } catch (const freehold::config_error& error) {
    return error;
  }
  return freehold::config_error{{}};
}

inline freehold::config_error file_error(std::string_view toml,
                                         std::map<std::string, std::string> environment = {},
                                         std::optional<std::string> profile = std::nullopt) {
  return error_of([&] { (void)parse(toml, environment, profile); });
}

inline freehold::config_error url_error(std::string_view url) {
  return error_of([&] { (void)freehold::config_from_url(url); });
}

/// A configuration of a database in which nothing is wrong.
inline freehold::config sound() {
  using freehold::base_profile;
  freehold::config made = freehold::default_config(base_profile::production);
  made.databases.push_back(freehold::default_database(base_profile::production, "primary"));
  made.databases.front().target.parameters = {{"host", "db1"}, {"user", "app"}};
  made.databases.front().target.password = freehold::secret{"hush-1"};
  return made;
}

inline bool contains(std::string_view text, std::string_view part) {
  return text.find(part) != std::string_view::npos;
}

/// Whether a text occurs anywhere a reader of the error could meet it.
inline bool shows(const freehold::config_error& error, std::string_view text) {
  bool found = contains(error.what(), text);
  for (const freehold::config_problem& problem : error.problems())
    found = found || contains(problem.key, text) || contains(problem.value, text) ||
            contains(problem.message, text) || contains(problem.source, text);
  return found;
}

/// "the message of the only problem", or how many there were.
inline std::string only_message(const freehold::config_error& error) {
  if (error.problems().size() != 1)
    return std::to_string(error.problems().size()) + " problems: " + error.what();
  return error.problems().front().message;
}

} // namespace config_test
