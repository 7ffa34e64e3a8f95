// What the words of an SQL text say about where it may run, without a parser.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include <freehold/statement.hpp>

namespace freehold {

/// The words of an SQL text in order and in upper case, without what is in
/// comments, string constants, quoted identifiers and dollar quotes.
/// https://www.postgresql.org/docs/current/sql-syntax-lexical.html
class sql_words {
public:
  explicit sql_words(std::string_view sql) noexcept : sql_{sql} {}

  /// The next word, valid until the next call; empty at the end.
  [[nodiscard]] std::string_view next();
  /// Whether the last word is followed by a parenthesis: a function's name.
  [[nodiscard]] bool is_call() const noexcept;

private:
  [[nodiscard]] std::size_t after_blank(std::size_t from) const noexcept;
  [[nodiscard]] std::size_t after_comment(std::size_t from) const noexcept;
  [[nodiscard]] std::size_t after_quoted(std::size_t from, bool backslash_escapes) const noexcept;
  [[nodiscard]] std::size_t after_dollar(std::size_t from) const noexcept;
  [[nodiscard]] bool has(std::size_t at, std::string_view text) const noexcept {
    return sql_.substr(at).starts_with(text);
  }

  std::string_view sql_;
  std::size_t at_ = 0;
  std::string word_;
};

[[nodiscard]] statement_scope scope_of(std::string_view sql);

/// The word by which the text writes to the database; empty when none is seen.
/// A function that writes is not seen.
[[nodiscard]] std::string writing_word(std::string_view sql);

} // namespace freehold
