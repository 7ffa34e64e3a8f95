// What an error means, gathered from the policies that decide about it.
#pragma once

#include <freehold/error.hpp>

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace freehold::command {

struct explanation {
  std::string code;
  std::string title;   ///< what it is, in a few words
  std::string meaning; ///< when it happens
  std::string does;    ///< what the runtime does: with the connection, about another attempt
  std::string applied; ///< whether the request may have had an effect
  std::string advice;  ///< which setting to turn, or what to change
};

/// Of our own code.
[[nodiscard]] explanation explain(errc code);
/// Of an SQLSTATE; nothing when PostgreSQL has neither it nor its class.
[[nodiscard]] std::optional<explanation> explain_sqlstate(std::string_view sqlstate);

/// One of our own codes by its name.
[[nodiscard]] std::optional<errc> code_named(std::string_view name) noexcept;
/// All that can be explained by name: for suggestions.
[[nodiscard]] std::vector<std::string> known_codes();

/// PostgreSQL's name of a code, or of a class (the first two characters); empty: none.
[[nodiscard]] std::string_view condition_name(std::string_view sqlstate) noexcept;
[[nodiscard]] std::string_view class_name(std::string_view sqlstate) noexcept;
/// The codes with a name here.
[[nodiscard]] std::vector<std::string> named_sqlstates();

} // namespace freehold::command
