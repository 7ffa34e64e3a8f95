// The server settings that a request brings along for its own transaction.
#pragma once

#include <freehold/error.hpp>
#include <freehold/transaction.hpp>

#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace freehold {

/// A request carries no more: each is two parameters of one statement.
inline constexpr std::size_t most_settings = 16;

struct settings_problem {
  errc code = errc::none;
  std::string message; ///< names settings, never shows a value
};

/// Why a request must not be sent with these; null when it may. `required` are
/// those that `statements.required_settings` demands; the server folds their case.
[[nodiscard]] std::optional<settings_problem>
judge_settings(const std::vector<setting>& given, const std::vector<std::string>& required);

/// The one statement that puts them in force until the transaction's end; null
/// when there are none. They have been judged.
[[nodiscard]] std::unique_ptr<const bound_statement>
settings_statement(const std::vector<setting>& given);

} // namespace freehold
