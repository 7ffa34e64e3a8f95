#include "config/option_value.hpp"

#include "config/listen_address.hpp"
#include "config/name.hpp"
#include "config/problem.hpp"
#include "config/quantity.hpp"
#include "config/spelling.hpp"

#include <algorithm>
#include <fmt/format.h>

namespace freehold::configuration {
namespace {

template <class Parsed>
std::optional<option_value> widened(const std::optional<Parsed>& parsed) {
  return parsed ? std::optional<option_value>{*parsed} : std::nullopt;
}

/// "a, b" as a file's array and the environment's text; "" is none.
std::vector<std::string> split_list(std::string_view text) {
  std::vector<std::string> parts;
  while (!text.empty()) {
    const std::size_t comma = std::min(text.find(','), text.size());
    std::string_view part = text.substr(0, comma);
    text.remove_prefix(std::min(comma + 1, text.size()));
    part.remove_prefix(std::min(part.find_first_not_of(' '), part.size()));
    parts.emplace_back(part.substr(0, part.find_last_not_of(' ') + 1));
  }
  return parts;
}

std::optional<option_value> from_text(unit kind, const std::string& text) {
  switch (kind) {
  case unit::count:
    return widened(parse_count(text));
  case unit::fraction:
    return widened(parse_fraction(text));
  case unit::duration:
    return widened(parse_duration(text));
  case unit::bytes:
    return widened(parse_size(text));
  case unit::flag:
    return spelled(text, flags);
  case unit::text:
  case unit::address:
    return option_value{text};
  case unit::secret:
    return option_value{secret{text}};
  case unit::policy:
    return spelled(text, policies);
  case unit::level:
    return spelled(text, levels);
  case unit::format:
    return spelled(text, formats);
  case unit::restart:
    return spelled(text, restarts);
  case unit::strategy:
    return spelled(text, strategies);
  case unit::names:
    return option_value{split_list(text)};
  }
  return std::nullopt;
}

/// Units whose values TOML can write without quotes must be written so; text
/// would hide a mistake. Text from the environment has no other form.
bool wants_text(unit kind) {
  return kind != unit::count && kind != unit::flag && kind != unit::names;
}

std::optional<option_value> from_scalar(const option& entry, const scalar& written,
                                        bool from_environment) {
  const unit kind = entry.measured_in;
  if (const std::string* text = std::get_if<std::string>(&written))
    return from_environment || wants_text(kind) ? from_text(kind, *text) : std::nullopt;
  if (const std::int64_t* number = std::get_if<std::int64_t>(&written)) {
    if (*number >= 0 && (kind == unit::count || kind == unit::bytes))
      return option_value{static_cast<std::size_t>(*number)};
    if (*number == 0 && kind == unit::duration)
      return option_value{std::chrono::milliseconds{0}};
    if (kind == unit::fraction)
      return option_value{static_cast<double>(*number)};
  }
  if (const double* number = std::get_if<double>(&written); number && kind == unit::fraction)
    return option_value{*number};
  if (const bool* flag = std::get_if<bool>(&written); flag && kind == unit::flag)
    return option_value{*flag};
  if (const list* texts = std::get_if<list>(&written); texts && kind == unit::names)
    return option_value{*texts};
  return std::nullopt;
}

std::string unit_hint(const option& entry, const scalar& written) {
  if (entry.measured_in != unit::duration)
    return {};
  const std::string number = as_written(written);
  return is_bare_number(number)
             ? fmt::format("; write the unit, such as \"{0} ms\" or \"{0} s\"", number)
             : std::string{};
}

bool printable(const std::string& text) {
  return std::all_of(text.begin(), text.end(),
                     [](char letter) { return letter >= 0x20 && letter < 0x7f; });
}

bool fits(const option& entry, const std::string& text) {
  return printable(text) && text.size() >= parse_count(entry.minimum).value_or(0) &&
         text.size() <= parse_count(entry.maximum).value_or(0);
}

bool is_zero(const option_value& value) {
  return value == option_value{std::chrono::milliseconds{0}} ||
         value == option_value{std::size_t{0}};
}

bool in_range(const option& entry, const option_value& value) {
  if (!entry.zero.empty() && is_zero(value))
    return true;
  if (entry.measured_in == unit::address) {
    const auto& text = std::get<std::string>(value);
    return text.empty() || parse_listen_address(text);
  }
  if (entry.minimum.empty())
    return true;
  if (entry.measured_in == unit::text)
    return fits(entry, std::get<std::string>(value));
  if (entry.measured_in == unit::secret) {
    const std::string& text = std::get<secret>(value).reveal();
    return text.empty() || fits(entry, text);
  }
  if (entry.measured_in == unit::names) {
    const auto& names = std::get<std::vector<std::string>>(value);
    return std::all_of(names.begin(), names.end(), is_setting_name) &&
           names.size() >= parse_count(entry.minimum).value_or(0) &&
           names.size() <= parse_count(entry.maximum).value_or(0);
  }
  // Written so that a fraction that is not a number is out of range.
  return value >= from_table(entry, entry.minimum) && value <= from_table(entry, entry.maximum);
}

} // namespace

std::string expectation(const option& entry) {
  const auto bounds = [&](std::string_view what) {
    const std::string zero = entry.zero.empty() ? "" : fmt::format(", or 0 ({})", entry.zero);
    return fmt::format("{} from {} to {}{}", what, entry.minimum, entry.maximum, zero);
  };
  switch (entry.measured_in) {
  case unit::count:
    return bounds("an integer");
  case unit::fraction:
    return bounds("a fraction such as 0.5 or \"50 %\"");
  case unit::duration:
    return bounds("a duration");
  case unit::bytes:
    return bounds("a size");
  case unit::flag:
    return "true or false";
  case unit::text:
    return fmt::format("a string of {} to {} printable ASCII characters", entry.minimum,
                       entry.maximum);
  case unit::address:
    return "\"HOST:PORT\" such as \"127.0.0.1:9187\" or \"[::1]:0\", or \"\" (off)";
  case unit::secret:
    return fmt::format("a secret of {} to {} printable ASCII characters, or \"\" (none)",
                       entry.minimum, entry.maximum);
  case unit::policy:
    return one_of(policies);
  case unit::level:
    return one_of(levels);
  case unit::format:
    return one_of(formats);
  case unit::restart:
    return one_of(restarts);
  case unit::strategy:
    return one_of(strategies);
  case unit::names:
    return fmt::format("an array of {} to {} names of settings, such as [\"app.tenant_id\"]",
                       entry.minimum, entry.maximum);
  }
  return {};
}

conversion convert(const option& entry, const scalar& written, bool from_environment) {
  std::optional<option_value> value = from_scalar(entry, written, from_environment);
  if (value && in_range(entry, *value))
    return {std::move(value), {}};
  if (entry.measured_in == unit::secret)
    return {std::nullopt, "expects " + expectation(entry)};
  return {std::nullopt, fmt::format("expects {}, got {}{}", expectation(entry), describe(written),
                                    unit_hint(entry, written))};
}

std::optional<std::string> judge(const option& entry, const option_value& value) {
  if (in_range(entry, value))
    return std::nullopt;
  if (entry.measured_in == unit::secret)
    return "expects " + expectation(entry);
  const std::string shown = format_value(entry, value);
  const bool text = entry.measured_in == unit::text || entry.measured_in == unit::address;
  return fmt::format("expects {}, got {}", expectation(entry), text ? in_quotes(shown) : shown);
}

option_value from_table(const option& entry, std::string_view text) {
  std::optional<option_value> value = from_text(entry.measured_in, std::string{text});
  if (!value)
    throw std::logic_error{fmt::format("option table: {}: \"{}\"", entry.key, text)};
  return std::move(*value);
}

option_value default_value(const option& entry, base_profile profile) {
  return from_table(entry,
                    profile == base_profile::development ? entry.development : entry.production);
}

std::string format_value(const option& entry, const option_value& value) {
  switch (entry.measured_in) {
  case unit::count:
    return fmt::format("{}", std::get<std::size_t>(value));
  case unit::fraction:
    return format_fraction(std::get<double>(value));
  case unit::duration:
    return format_duration(std::get<std::chrono::milliseconds>(value));
  case unit::bytes:
    return format_size(std::get<std::size_t>(value));
  case unit::flag:
    return spell(value, flags);
  case unit::text:
  case unit::address:
    return std::get<std::string>(value);
  case unit::secret:
    return "***";
  case unit::policy:
    return spell(value, policies);
  case unit::level:
    return spell(value, levels);
  case unit::format:
    return spell(value, formats);
  case unit::restart:
    return spell(value, restarts);
  case unit::strategy:
    return spell(value, strategies);
  case unit::names: {
    std::string text;
    for (const std::string& name : std::get<std::vector<std::string>>(value))
      text += (text.empty() ? "\"" : ", \"") + name + "\"";
    return "[" + text + "]";
  }
  }
  return {};
}

} // namespace freehold::configuration
