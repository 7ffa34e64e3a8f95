#include <freehold/statement.hpp>

#include <stdexcept>

#include "runtime/statement_text.hpp"

namespace freehold {
namespace {

// FNV-1a, 64 bits: http://www.isthe.com/chongo/tech/comp/fnv/. Not against an
// adversary: names and texts of statements are the program's own.
constexpr std::uint64_t fnv_offset_basis = 14'695'981'039'346'656'037U;

constexpr std::uint64_t fnv_1a(std::string_view text,
                               std::uint64_t hash = fnv_offset_basis) noexcept {
  for (char c : text) {
    hash ^= static_cast<unsigned char>(c);
    hash *= 1'099'511'628'211U;
  }
  return hash;
}

// Between name and SQL: neither contains it, so that no two pairs are one text.
constexpr std::string_view separator{"\0", 1};

bool has_nul(std::string_view text) noexcept {
  return text.find('\0') != std::string_view::npos;
}

void check(std::string_view name, std::string_view sql, effect what) {
  if (name.empty())
    throw std::invalid_argument{"a statement needs a name"};
  if (has_nul(name))
    throw std::invalid_argument{"a statement's name contains a NUL byte"};
  const std::string subject = "statement \"" + std::string{name} + "\"";
  if (sql_words{sql}.next().empty())
    throw std::invalid_argument{subject + " has no SQL"};
  if (has_nul(sql))
    throw std::invalid_argument{subject + " has a NUL byte in its SQL"};
  if (what != effect::read_only)
    return;
  if (const std::string word = writing_word(sql); !word.empty()) {
    throw std::invalid_argument{subject + " is declared read_only and writes: " + word};
  }
}

} // namespace

statement::statement(std::string_view name, std::string_view sql, freehold::effect what,
                     std::optional<std::chrono::milliseconds> timeout) {
  check(name, sql, what);
  about_ = std::make_shared<const description>(
      description{std::string{name}, std::string{sql}, what, scope_of(sql), timeout, fnv_1a(sql),
                  fnv_1a(sql, fnv_1a(separator, fnv_1a(name)))});
}

} // namespace freehold
