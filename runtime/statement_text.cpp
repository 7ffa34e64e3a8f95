#include "runtime/statement_text.hpp"

#include "runtime/ascii.hpp"

#include <algorithm>
#include <initializer_list>

namespace freehold {
namespace {

using words = std::initializer_list<std::string_view>;

bool is_one_of(std::string_view word, words known) noexcept {
  return std::find(known.begin(), known.end(), word) != known.end();
}

bool is_blank(char c) noexcept {
  return c == ' ' || (c >= '\t' && c <= '\r');
}

// Bytes past ASCII are letters to the server, whatever they are.
bool begins_word(char c) noexcept {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' || (c & 0x80) != 0;
}

bool continues_word(char c) noexcept {
  return begins_word(c) || is_digit(c) || c == '$';
}

char upper(char c) noexcept {
  return c >= 'a' && c <= 'z' ? static_cast<char>(c - 32) : c;
}

// Functions that change what the next user of the session would see.
bool changes_session(std::string_view function) noexcept {
  return is_one_of(function, {"PG_ADVISORY_LOCK", "PG_ADVISORY_LOCK_SHARED", "PG_TRY_ADVISORY_LOCK",
                              "PG_TRY_ADVISORY_LOCK_SHARED", "SET_CONFIG"});
}

} // namespace

std::string_view sql_words::next() {
  word_.clear();
  while ((at_ = after_blank(at_)) < sql_.size()) {
    const char c = sql_[at_];
    if (c == '\'' || c == '"') {
      at_ = after_quoted(at_, false);
    } else if ((c == 'e' || c == 'E') && has(at_ + 1, "'")) {
      at_ = after_quoted(at_ + 1, true);
    } else if (c == '$') {
      at_ = after_dollar(at_);
    } else if (is_digit(c)) { // 1e5 has no word in it
      while (at_ < sql_.size() && continues_word(sql_[at_]))
        ++at_;
    } else if (begins_word(c)) {
      while (at_ < sql_.size() && continues_word(sql_[at_]))
        word_ += upper(sql_[at_++]);
      return word_;
    } else {
      ++at_;
    }
  }
  return word_;
}

bool sql_words::is_call() const noexcept {
  return has(after_blank(at_), "(");
}

// Past white space and comments.
std::size_t sql_words::after_blank(std::size_t from) const noexcept {
  while (from < sql_.size()) {
    if (is_blank(sql_[from])) {
      ++from;
    } else if (has(from, "--")) {
      from = std::min(sql_.find('\n', from), sql_.size());
    } else if (has(from, "/*")) {
      from = after_comment(from);
    } else {
      break;
    }
  }
  return from;
}

// Comments nest.
std::size_t sql_words::after_comment(std::size_t from) const noexcept {
  std::size_t depth = 0;
  while (from < sql_.size()) {
    if (has(from, "/*")) {
      ++depth;
      from += 2;
    } else if (has(from, "*/")) {
      from += 2;
      if (--depth == 0)
        break;
    } else {
      ++from;
    }
  }
  return from;
}

// A doubled quote ends one constant and begins another: the same words result.
std::size_t sql_words::after_quoted(std::size_t from, bool backslash_escapes) const noexcept {
  const char quote = sql_[from++];
  while (from < sql_.size() && sql_[from] != quote) {
    from += backslash_escapes && sql_[from] == '\\' ? 2 : 1;
  }
  return std::min(from + 1, sql_.size());
}

// Past $$…$$ or $tag$…$tag$; past the dollar alone when it is a parameter's.
std::size_t sql_words::after_dollar(std::size_t from) const noexcept {
  std::size_t end = from + 1;
  if (end < sql_.size() && begins_word(sql_[end])) {
    while (end < sql_.size() && (begins_word(sql_[end]) || is_digit(sql_[end])))
      ++end;
  }
  if (!has(end, "$"))
    return from + 1;
  const std::string_view tag = sql_.substr(from, end + 1 - from);
  const std::size_t close = sql_.find(tag, end + 1);
  return close == std::string_view::npos ? sql_.size() : close + tag.size();
}

statement_scope scope_of(std::string_view sql) {
  sql_words reader{sql};
  const std::string first{reader.next()};
  const std::string second{reader.next()};
  if (is_one_of(first,
                {"BEGIN", "START", "COMMIT", "END", "ROLLBACK", "ABORT", "SAVEPOINT", "RELEASE"})) {
    return statement_scope::transaction_control;
  }
  if (first == "PREPARE" && second == "TRANSACTION")
    return statement_scope::transaction_control;
  if (first == "COPY")
    return statement_scope::copy;
  if (is_one_of(first, {"SET", "RESET", "LISTEN", "UNLISTEN", "PREPARE", "DEALLOCATE", "EXECUTE",
                        "DISCARD", "DECLARE", "FETCH", "MOVE", "CLOSE", "LOAD"})) {
    return statement_scope::session_state;
  }
  if (first == "CREATE" && is_one_of(second, {"TEMP", "TEMPORARY", "LOCAL", "GLOBAL"})) {
    return statement_scope::session_state; // temporary tables live as long as the session
  }
  sql_words all{sql};
  for (auto word = all.next(); !word.empty(); word = all.next()) {
    if (all.is_call() && changes_session(word))
      return statement_scope::session_state;
  }
  return statement_scope::anywhere;
}

std::string writing_word(std::string_view sql) {
  sql_words reader{sql};
  std::string previous{reader.next()};
  if (is_one_of(previous, {"INSERT",   "UPDATE", "DELETE",  "MERGE",   "TRUNCATE", "CREATE",
                           "ALTER",    "DROP",   "GRANT",   "REVOKE",  "REASSIGN", "COMMENT",
                           "SECURITY", "IMPORT", "REFRESH", "REINDEX", "CLUSTER",  "VACUUM",
                           "ANALYZE",  "CALL",   "DO",      "NOTIFY"})) {
    return previous;
  }
  // These may hold a statement that writes. Row locks (FOR UPDATE, FOR NO KEY
  // UPDATE) are no writes.
  if (!is_one_of(previous, {"WITH", "EXPLAIN"}))
    return {};
  for (auto word = reader.next(); !word.empty(); word = reader.next()) {
    const bool locks_rows = word == "UPDATE" && is_one_of(previous, {"FOR", "KEY"});
    if (!locks_rows && is_one_of(word, {"INSERT", "UPDATE", "DELETE", "MERGE"})) {
      return std::string{word};
    }
    previous = word;
  }
  return {};
}

} // namespace freehold
