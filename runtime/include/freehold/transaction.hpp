// What a transaction function gets to work with, and statements with their
// parameters, of which scripts are made.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include <freehold/result_set.hpp>
#include <freehold/statement.hpp>
#include <freehold/value.hpp>

namespace freehold {

class receiver;

/// A statement with the values of its parameters.
struct bound_statement {
  statement what;
  parameters values;
};

template <class... Ts>
[[nodiscard]] bound_statement bind(const statement& what, const Ts&... values) {
  return {what, parameters::of(values...)};
}

enum class isolation : std::uint8_t {
  server_default,
  read_committed,
  repeatable_read,
  serializable
};

/// Who is served first, and who is refused first, when not everybody can be served.
enum class priority : std::uint8_t { critical, normal, background };

/// A setting of the server's, such as `app.tenant_id` for row-level security.
struct setting {
  std::string name;  ///< letters, digits, _ and dots; not those by which results are read
  std::string value; ///< as secret as a parameter's: never in a log or an error
};

struct request_options;

/// What stands in for a database that is out of reach or overloaded; never for what
/// is wrong with the request itself, and never for a write that may have happened.
/// The result says where it comes from (`result_set::origin`).
class fallback {
public:
  /// The latest answer to this statement with these parameters and settings, unless
  /// it is older than `oldest`. The statement must be read_only. Answers are kept
  /// for requests that say this, within the limits of `[database.NAME.fallback]`;
  /// served even when the deadline has passed.
  [[nodiscard]] static fallback last_good(std::chrono::milliseconds oldest);
  /// The same statement on another database, in the time that is left.
  template <class Database>
  [[nodiscard]] static fallback from(const Database& other) {
    return other.as_fallback();
  }
  [[nodiscard]] static fallback value(result_set rows);
  /// What `make` returns; it runs on a thread of the runtime, must be short and not
  /// block. When it throws, the error says so.
  [[nodiscard]] static fallback otherwise(std::function<result_set(const error&)> make);

private:
  friend class database;
  friend class fallback_receiver;
  struct last_answer {
    std::chrono::milliseconds oldest;
  };
  struct elsewhere {
    std::string name;
    std::function<void(bound_statement, request_options, std::shared_ptr<receiver>)> ask;
  };
  using function = std::function<result_set(const error&)>;
  using source = std::variant<last_answer, elsewhere, result_set, function>;

  explicit fallback(source from) : source_{std::move(from)} {}
  source source_;
};

/// What a caller may say of one request beside what it runs.
struct request_options {
  /// Of the whole request: waiting, connecting, all attempts. Unset: the
  /// statement's own, else `statements.timeout`.
  std::optional<std::chrono::milliseconds> timeout;
  freehold::priority priority = priority::normal;
  /// On whose behalf, a tenant's or a user's name for example: those who wait
  /// take turns by key, so that one key's flood does not starve the others.
  std::string key{};
  /// In force for this request's transaction and for nobody after it, also behind
  /// a pooler; sent in the same round trip. At most 16. A lease takes them if it
  /// is a transaction.
  std::vector<setting> settings{};
  /// What to answer with when the database cannot: the first that can is used. Of a
  /// plain statement only.
  std::vector<fallback> fallbacks{};
};

struct transaction_options {
  freehold::isolation isolation = isolation::server_default;
  bool read_only = false;
  /// Running the function twice with effect is as good as once: it may then be
  /// replayed even when the outcome of a COMMIT is not known.
  bool idempotent = false;
  request_options request;
};

/// An open transaction inside a transaction function. It lives on the thread of
/// the actor that owns the connection and must not leave the function. Every
/// call is a round trip; each throws `failure`, after which the transaction can
/// only end.
class transaction {
public:
  transaction() = default;
  transaction(const transaction&) = delete;
  transaction& operator=(const transaction&) = delete;
  virtual ~transaction();

  template <class... Ts>
  result_set execute(const statement& what, const Ts&... values) {
    return execute(bind(what, values...));
  }
  virtual result_set execute(const bound_statement& bound) = 0;

  /// COPY … FROM STDIN: `next` is called for the next piece of data, in the
  /// format that the statement names, until it returns nullopt. Returns the
  /// number of rows.
  virtual std::size_t copy_in(const statement& what,
                              const std::function<std::optional<std::string>()>& next) = 0;
  /// COPY … TO STDOUT: `row` is called with each row's data as it arrives.
  virtual std::size_t copy_out(const statement& what,
                               const std::function<void(std::string_view)>& row) = 0;

  /// Time left until the transaction's deadline.
  [[nodiscard]] virtual std::chrono::milliseconds remaining() const = 0;
};

} // namespace freehold
