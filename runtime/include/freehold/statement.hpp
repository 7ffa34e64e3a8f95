// A statement, declared once in code and executed many times.
#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace freehold {

/// What running a statement twice would do; decides what may be retried and
/// what may share a pipeline's transaction.
enum class effect : std::uint8_t {
  writes,     ///< never sent twice unless the server said that it rolled back
  idempotent, ///< writes, and twice is as good as once
  read_only,  ///< changes nothing
};

inline constexpr effect writes = effect::writes;
inline constexpr effect idempotent = effect::idempotent;
inline constexpr effect read_only = effect::read_only;

/// What a statement's first words say about where it may run.
enum class statement_scope : std::uint8_t {
  anywhere,            ///< an ordinary statement
  transaction_control, ///< BEGIN, COMMIT, …: Freehold's own business
  session_state,       ///< SET, LISTEN, session advisory locks: needs a lease
  copy,                ///< COPY … FROM STDIN / TO STDOUT: needs a transaction function
};

/// Name, SQL and traits of a statement. A cheap value: copies share one
/// immutable description. Safe to declare as a `const` at namespace scope and
/// to use from any thread.
class statement {
public:
  /// `name` is for people (logs, errors, metrics); `sql` has its parameters as
  /// $1, $2, …. `timeout` overrides the database's `statements.timeout`.
  /// Throws `std::invalid_argument` when the name or SQL is empty, contains a
  /// NUL byte, or when SQL declared `read_only` begins with a writing keyword.
  statement(std::string_view name, std::string_view sql, effect what = writes,
            std::optional<std::chrono::milliseconds> timeout = std::nullopt);

  [[nodiscard]] const std::string& name() const noexcept { return about_->name; }
  [[nodiscard]] const std::string& sql() const noexcept { return about_->sql; }
  [[nodiscard]] freehold::effect effect() const noexcept { return about_->what; }
  [[nodiscard]] bool is_read_only() const noexcept { return about_->what == effect::read_only; }
  /// Whether sending it twice is harmless.
  [[nodiscard]] bool is_repeatable() const noexcept { return about_->what != effect::writes; }
  [[nodiscard]] statement_scope scope() const noexcept { return about_->scope; }
  [[nodiscard]] std::optional<std::chrono::milliseconds> timeout() const noexcept {
    return about_->timeout;
  }
  /// Of the SQL text alone: the part of server-side names that is the content.
  [[nodiscard]] std::uint64_t content_hash() const noexcept { return about_->content_hash; }
  /// Of name and SQL: two declarations are the same when this is equal.
  [[nodiscard]] std::uint64_t identity() const noexcept { return about_->identity; }

private:
  struct description {
    std::string name;
    std::string sql;
    freehold::effect what;
    statement_scope scope;
    std::optional<std::chrono::milliseconds> timeout;
    std::uint64_t content_hash;
    std::uint64_t identity;
  };
  std::shared_ptr<const description> about_;
};

} // namespace freehold
