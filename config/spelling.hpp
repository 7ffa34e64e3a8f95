// How the values of an option that has a few of them are written.
#pragma once

#include "config/option.hpp"

#include <array>
#include <cstddef>
#include <fmt/format.h>
#include <optional>
#include <string>
#include <string_view>

namespace freehold::configuration {

template <class Value>
struct spelling {
  std::string_view text;
  Value value;
};

inline constexpr std::array<spelling<statement_policy>, 3> policies{
    {{"auto", statement_policy::automatic},
     {"named", statement_policy::named},
     {"unnamed", statement_policy::unnamed}}};
inline constexpr std::array<spelling<log_level>, 6> levels{{{"trace", log_level::trace},
                                                            {"debug", log_level::debug},
                                                            {"info", log_level::info},
                                                            {"warn", log_level::warn},
                                                            {"error", log_level::error},
                                                            {"off", log_level::off}}};
inline constexpr std::array<spelling<log_format>, 2> formats{
    {{"text", log_format::text}, {"json", log_format::json}}};
inline constexpr std::array<spelling<restart_policy>, 3> restarts{
    {{"permanent", restart_policy::permanent},
     {"transient", restart_policy::transient},
     {"temporary", restart_policy::temporary}}};
inline constexpr std::array<spelling<restart_strategy>, 3> strategies{
    {{"one_for_one", restart_strategy::one_for_one},
     {"one_for_all", restart_strategy::one_for_all},
     {"rest_for_one", restart_strategy::rest_for_one}}};
inline constexpr std::array<spelling<bool>, 2> flags{{{"true", true}, {"false", false}}};

template <class Value, std::size_t Count>
std::optional<option_value> spelled(std::string_view text,
                                    const std::array<spelling<Value>, Count>& known) {
  for (const spelling<Value>& one : known)
    if (one.text == text)
      return option_value{one.value};
  return std::nullopt;
}

template <class Value, std::size_t Count>
std::string spell(const option_value& value, const std::array<spelling<Value>, Count>& known) {
  for (const spelling<Value>& one : known)
    if (one.value == std::get<Value>(value))
      return std::string{one.text};
  return "?";
}

template <class Value, std::size_t Count>
std::string one_of(const std::array<spelling<Value>, Count>& known) {
  std::string text = "one of ";
  for (const spelling<Value>& one : known)
    text += fmt::format("{}\"{}\"", &one == known.data() ? "" : ", ", one.text);
  return text;
}

} // namespace freehold::configuration
