// What a transaction function gets to work with, and statements with their
// parameters, of which scripts are made.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include <freehold/result_set.hpp>
#include <freehold/statement.hpp>
#include <freehold/value.hpp>

namespace freehold {

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

/// What a caller may say of one request beside what it runs.
struct request_options {
  /// Of the whole request: waiting, connecting, all attempts. Unset: the
  /// statement's own, else `statements.timeout`.
  std::optional<std::chrono::milliseconds> timeout;
  freehold::priority priority = priority::normal;
  /// On whose behalf, a tenant's or a user's name for example: those who wait
  /// take turns by key, so that one key's flood does not starve the others.
  std::string key;
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
