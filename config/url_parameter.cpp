#include "config/url_parameter.hpp"

#include "config/database_url.hpp"
#include "config/libpq_parameter.hpp"
#include "config/nearest.hpp"
#include "config/option_table.hpp"
#include "config/option_value.hpp"
#include "config/quantity.hpp"
#include "config/redacted_url.hpp"

#include <algorithm>
#include <array>
#include <fmt/format.h>
#include <set>

namespace freehold::configuration {
namespace {

using meaning = url_parameter_kind;

constexpr std::array<url_parameter, 10> known{{
    {"connection_limit", meaning::count, "pool.max_connections", "", "Most connections"},
    {"pool_timeout", meaning::seconds, "pool.acquire_timeout", "the maximum",
     "Seconds a request waits for a session"},
    {"connect_timeout", meaning::seconds, "connect.timeout", "the maximum",
     "Seconds an attempt to connect may take"},
    {"max_idle_connection_lifetime", meaning::seconds, "pool.idle_timeout", "",
     "Seconds an idle session is kept"},
    {"max_connection_lifetime", meaning::seconds, "pool.max_lifetime", "",
     "Seconds until a session is replaced"},
    {"socket_timeout", meaning::seconds, "statements.timeout", "the maximum",
     "Seconds a statement may run"},
    {"statement_cache_size", meaning::count, "statements.cache_size", "unnamed",
     "Prepared statements kept on a session; 0 sets `statements.policy = \"unnamed\"`"},
    {"pgbouncer", meaning::unnamed_if_true, "statements.policy", "",
     "`true`: unnamed statements; `false` leaves the policy alone"},
    {"prepared_statements", meaning::unnamed_if_false, "statements.policy", "",
     "`false`: unnamed statements; `true` leaves the policy alone"},
    {"schema", meaning::schema, "schema", "", "The search path of each session"},
}};

std::vector<std::string> known_names() {
  std::vector<std::string> names = libpq_keywords();
  for (const url_parameter& parameter : known)
    names.emplace_back(parameter.name);
  return names;
}

/// Interprets the query of one URL.
class query_reader {
public:
  query_reader(const place& where, bool may_be_quoted, problem_list& problems)
      : where_{where}, may_be_quoted_{may_be_quoted}, problems_{problems} {}

  void read(const url_query_item& item, url_settings& settings) {
    if (!seen_.insert(item.name).second)
      return refuse(item, "is given twice");
    if (const url_parameter* const ours = find_url_parameter(item.name))
      return read_ours(*ours, item, settings);
    if (item.name == "ssl" && item.value == "true") // as libpq does for JDBC's sake
      return set_parameter(settings.target, "sslmode", "require");
    const libpq_parameter* const parameter = find_libpq_parameter(item.name);
    if (!parameter)
      return refuse(item, "is unknown" + suggestion(item.name, known_names()));
    if (const std::optional<std::string> wrong = judge(*parameter, item.value))
      return refuse(item, explain(*parameter, *wrong, item.value));
    set_parameter(settings.target, item.name, item.value);
  }

private:
  void refuse(const url_query_item& item, const std::string& why) {
    const std::string name = may_be_quoted_
                                 ? "parameter " + in_quotes(item.name)
                                 : fmt::format("the parameter at character {}", item.character);
    problems_.add(where_, name + (may_be_quoted_ ? " " + why : " is not accepted"));
  }

  static std::string explain(const libpq_parameter& parameter, const std::string& wrong,
                             const std::string& value) {
    if (parameter.kind == libpq_kind::refused)
      return "is not accepted: " + wrong;
    return is_secret(parameter) ? wrong : wrong + ", got " + in_quotes(value);
  }

  void read_ours(const url_parameter& ours, const url_query_item& item, url_settings& settings) {
    if (ours.kind == meaning::schema)
      return read_schema(item, settings);
    if (ours.kind == meaning::unnamed_if_true || ours.kind == meaning::unnamed_if_false)
      return read_switch(ours, item, settings);
    const option& entry = *find_option(database_groups(), ours.option_key);
    const std::optional<std::size_t> number = parse_count(item.value);
    if (number == std::size_t{0} && ours.zero == "unnamed")
      return be_unnamed(settings);
    const std::optional<option_value> value = number ? scaled(ours, entry, *number) : std::nullopt;
    if (!value || judge(entry, *value))
      return refuse(item, fmt::format("expects {}{}, got {}",
                                      ours.kind == meaning::seconds ? "whole seconds for " : "",
                                      expectation(entry), in_quotes(item.value)));
    settings.options[std::string{ours.option_key}] = *value;
  }

  void read_schema(const url_query_item& item, url_settings& settings) {
    if (item.value.empty())
      return refuse(item, "expects a string that is not empty");
    settings.target.schema = item.value;
  }

  static std::optional<option_value> scaled(const url_parameter& ours, const option& entry,
                                            std::size_t number) {
    if (number == 0 && ours.zero == "the maximum")
      return from_table(entry, entry.maximum);
    if (ours.kind == meaning::count)
      return option_value{number};
    constexpr std::size_t longest = 1'000'000'000; // far above every option's maximum
    const std::chrono::seconds time{static_cast<std::int64_t>(std::min(number, longest))};
    return option_value{std::chrono::milliseconds{time}};
  }

  void read_switch(const url_parameter& ours, const url_query_item& item, url_settings& settings) {
    if (item.value != "true" && item.value != "false")
      return refuse(item, "expects true or false, got " + in_quotes(item.value));
    if ((item.value == "true") == (ours.kind == meaning::unnamed_if_true))
      be_unnamed(settings);
  }

  static void be_unnamed(url_settings& settings) {
    settings.options["statements.policy"] = statement_policy::unnamed;
  }

  const place& where_;
  bool may_be_quoted_;
  problem_list& problems_;
  std::set<std::string> seen_;
};

void take_authority(const database_url& parts, connection_target& target) {
  const std::array<std::pair<const char*, const std::string*>, 5> fields{
      {{"user", &parts.user},
       {"password", &parts.password},
       {"host", &parts.host},
       {"port", &parts.port},
       {"dbname", &parts.dbname}}};
  for (const auto& [keyword, value] : fields)
    if (!value->empty())
      set_parameter(target, keyword, *value);
}

} // namespace

std::span<const url_parameter> url_parameters() {
  return known;
}

const url_parameter* find_url_parameter(std::string_view name) {
  const auto found = std::find_if(known.begin(), known.end(), [&](const url_parameter& parameter) {
    return parameter.name == name;
  });
  return found == known.end() ? nullptr : &*found;
}

void set_parameter(connection_target& target, const std::string& keyword,
                   const std::string& value) {
  if (keyword == "password")
    target.password = secret{value};
  else if (keyword == "sslpassword")
    target.ssl_password = secret{value};
  else if (keyword == "client_encoding")
    target.parameters[keyword] = "UTF8";
  else
    target.parameters[keyword] = value;
}

url_settings interpret_url(std::string_view url, const place& where, problem_list& problems) {
  url_settings settings;
  place shown = where;
  shown.value = redacted_url(url);
  const std::variant<database_url, url_fault> split = split_url(url);
  if (const url_fault* const fault = std::get_if<url_fault>(&split)) {
    problems.add(shown, fmt::format("malformed URL {} at character {}: {}", shown.value,
                                    fault->character, fault->message));
    return settings;
  }
  const database_url& parts = std::get<database_url>(split);
  take_authority(parts, settings.target);
  query_reader reader{shown, parts.may_be_quoted, problems};
  for (const url_query_item& item : parts.query)
    reader.read(item, settings);
  return settings;
}

} // namespace freehold::configuration
