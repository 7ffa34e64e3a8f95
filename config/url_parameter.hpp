// What a connection URL may say beyond libpq: the pool's parameters as other
// clients spell them, and what the whole URL comes to.
#pragma once

#include "config/option.hpp"
#include "config/problem.hpp"

#include <map>
#include <span>
#include <string>
#include <string_view>

namespace freehold::configuration {

enum class url_parameter_kind { seconds, count, unnamed_if_true, unnamed_if_false, schema };

struct url_parameter {
  std::string_view name{};
  url_parameter_kind kind = url_parameter_kind::count;
  std::string_view option_key{}; ///< what it sets, below [database.NAME]
  std::string_view zero{};       ///< what 0 means where the option itself does not take it
  std::string_view effect{};
};

std::span<const url_parameter> url_parameters();
const url_parameter* find_url_parameter(std::string_view name);

/// What a URL says, judged.
struct url_settings {
  connection_target target;
  std::map<std::string, option_value> options; ///< by dotted key, "pool.max_connections"
};

/// Reports every problem of the URL at `where`.
url_settings interpret_url(std::string_view url, const place& where, problem_list& problems);

/// Puts a judged parameter where it belongs: secrets apart from the others.
void set_parameter(connection_target& target, const std::string& keyword, const std::string& value);

} // namespace freehold::configuration
