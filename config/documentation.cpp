#include "config/documentation.hpp"

#include "config/documentation_text.hpp"
#include "config/libpq_parameter.hpp"
#include "config/option_table.hpp"
#include "config/option_value.hpp"
#include "config/url_parameter.hpp"

#include <fmt/format.h>

namespace freehold::configuration {
namespace {

std::string_view applies_text(reload when) {
  switch (when) {
  case reload::at_once:
    return "at once";
  case reload::new_connections:
    return "new connections";
  case reload::restart:
    return "restart";
  }
  return "";
}

/// A default as an operator would write it in the file.
std::string literal(const option& entry, std::string_view text) {
  if (text.empty())
    return "none";
  if (entry.measured_in == unit::names)
    return fmt::format("`{}`", format_value(entry, from_table(entry, text)));
  const bool bare =
      entry.measured_in == unit::count || entry.measured_in == unit::flag || text == "0";
  return bare ? fmt::format("`{}`", text) : fmt::format("`\"{}\"`", text);
}

std::string kind_text(const option& entry) {
  switch (entry.measured_in) {
  case unit::count:
    return "integer";
  case unit::fraction:
    return "fraction";
  case unit::duration:
    return "duration";
  case unit::bytes:
    return "size";
  case unit::flag:
    return "flag";
  case unit::text:
    return "string";
  case unit::policy:
  case unit::level:
  case unit::format:
  case unit::restart:
  case unit::strategy:
    return expectation(entry);
  case unit::names:
    return "array of names";
  case unit::address:
    return "address";
  case unit::secret:
    return "secret";
  }
  return {};
}

std::string range_text(const option& entry) {
  if (entry.minimum.empty())
    return "";
  const std::string range = fmt::format(
      "{} to {}{}", entry.minimum, entry.maximum,
      entry.measured_in == unit::text || entry.measured_in == unit::secret ? " characters"
      : entry.measured_in == unit::names                                   ? " names"
                                                                           : "");
  return entry.zero.empty() ? range : fmt::format("{}; 0: {}", range, entry.zero);
}

std::string option_row(const option& entry) {
  return fmt::format("| `{}` | {} | {} | {} | {} | {} | {} | {} |\n", entry.key, kind_text(entry),
                     literal(entry, entry.development), literal(entry, entry.production),
                     range_text(entry), entry.effect, applies_text(entry.applies), entry.origin);
}

std::string group_text(std::string_view owner, const option_group& group) {
  std::string text = fmt::format("\n### `[{}{}{}]`\n\n{}\n", owner, group.name.empty() ? "" : ".",
                                 group.name, group.introduction);
  text += "\n| option | kind | development | production | range | what it does | applies | "
          "where the default comes from |\n|---|---|---|---|---|---|---|---|\n";
  for (const option& entry : group.options)
    text += option_row(entry);
  return text;
}

std::string libpq_table() {
  std::string text = "| key | value | meaning |\n|---|---|---|\n";
  for (const libpq_parameter& parameter : libpq_parameters())
    text += fmt::format("| `{}` | {} | {} |\n", parameter.keyword, expectation(parameter),
                        parameter.effect);
  return text;
}

std::string url_table() {
  std::string text;
  for (const url_parameter& parameter : url_parameters())
    text += fmt::format("| `{}` | `{}` | {} | {} |\n", parameter.name, parameter.option_key,
                        parameter.zero, parameter.effect);
  return text;
}

} // namespace

std::string configuration_markdown() {
  std::string text;
  for (const std::string_view part :
       {document_opening, document_values, document_profiles, document_connection})
    text += part;
  text += libpq_table();
  text += document_url;
  text += url_table();
  text += document_options;
  for (const option_group& group : runtime_groups())
    text += group_text("runtime", group);
  for (const option_group& group : database_groups())
    text += group_text("database.NAME", group);
  text += document_children;
  for (const option_group& group : child_groups())
    text += group_text("child.NAME", group);
  return text;
}

} // namespace freehold::configuration
