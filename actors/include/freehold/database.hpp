// A database as a value to hold: cheap to copy, safe to use from any thread.
#pragma once

#include <any>
#include <chrono>
#include <concepts>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

#include <freehold/future.hpp>
#include <freehold/messages.hpp>
#include <freehold/stats.hpp>
#include <freehold/transaction.hpp>

namespace pqxx {
class transaction_base;
}

namespace freehold {

class database_core;
struct lease_grant;
class lease;
class row_stream;

struct lease_request {
  /// The lease is one transaction: required behind a pooler, where a session is
  /// a server's only until the transaction ends. Rolled back unless committed.
  bool transaction = false;
  transaction_options how;
  /// Time to wait for a connection; unset: `pool.acquire_timeout`.
  std::optional<std::chrono::milliseconds> timeout;
};

/// Calls that cost a round trip return a future or take a callback; none blocks.
/// A callback is called exactly once, on a thread of the runtime: it must be
/// short and must not block. Errors, those of binding parameters included, come
/// with the answer. After the runtime stopped, everything is answered with
/// `stopped`.
class database {
public:
  explicit database(std::shared_ptr<database_core> core) : core_{std::move(core)} {}

  template <class... Ts>
  [[nodiscard]] future<result_set> execute(const statement& what, const Ts&... values) const {
    return execute(bind(what, values...));
  }
  [[nodiscard]] future<result_set> execute(bound_statement what, request_options how = {}) const;
  template <std::invocable<outcome&&> F>
  void execute(bound_statement what, F done, request_options how = {}) const {
    begin(std::move(what), how, receiver_recipe{done});
  }

  /// Several statements as one transaction, in one round trip.
  [[nodiscard]] future<std::vector<result_set>> script(std::vector<bound_statement> steps,
                                                       transaction_options how = {}) const;
  template <std::invocable<outcome&&> F>
  void script(std::vector<bound_statement> steps, F done, transaction_options how = {}) const {
    begin(std::move(steps), how, calling(std::move(done)));
  }

  /// Ships `body` to a connection's thread and runs it there in a transaction;
  /// it commits when `body` returns and rolls back when it throws. `body` takes
  /// a `freehold::transaction&`, or a `pqxx::transaction_base&` for code that is
  /// written for libpqxx, and may run again after a serialization failure.
  template <class F>
  [[nodiscard]] auto transact(F body, transaction_options how = {}) const {
    auto to = std::make_shared<waiting_receiver>();
    ship(erased(std::move(body)), how, to);
    return future<returned_by<F>>{std::move(to)};
  }
  template <class F, std::invocable<outcome&&> G>
  void transact(F body, G done, transaction_options how = {}) const {
    ship(erased(std::move(body)), how, calling(std::move(done)));
  }

  /// A connection for several statements with time in between.
  [[nodiscard]] future<freehold::lease> lease(lease_request how = {}) const;

  /// A result too large to be held: read in chunks, one at a time, so that a
  /// slow reader slows the server. Uses a connection until it is read or dropped.
  /// The timeout of `how` is for getting it.
  [[nodiscard]] row_stream stream(bound_statement what, std::size_t chunk_rows = 1000,
                                  request_options how = {}) const;

  /// For actors: `self->request(homes.actor(), 2s, homes.request(cheap, "Lyon"))`.
  [[nodiscard]] database_actor actor() const;
  template <class... Ts>
  [[nodiscard]] execute_message request(const statement& what, const Ts&... values) const {
    return {bind(what, values...), {}};
  }

  /// Opens the circuit by hand, before maintenance for example: requests are then
  /// answered with `circuit_open`. Closes it by hand, or leaves it to the breaker.
  void force_circuit(circuit_override how) const;

  /// What `fallback::from` is made of.
  [[nodiscard]] fallback as_fallback() const;

  /// The pool's state. Does not touch the server.
  [[nodiscard]] database_snapshot snapshot() const;
  [[nodiscard]] const std::string& name() const;

private:
  template <class F>
  using taken_by = std::conditional_t<std::is_invocable_v<F&, transaction&>, transaction,
                                      pqxx::transaction_base>;
  template <class F>
  using returned_by = std::invoke_result_t<F&, taken_by<F>&>;

  template <class F>
  static std::function<std::any(taken_by<F>&)> erased(F body) {
    return [shared = std::make_shared<F>(std::move(body))](taken_by<F>& tx) -> std::any {
      if constexpr (std::is_void_v<returned_by<F>>) {
        (*shared)(tx);
        return {};
      } else {
        return (*shared)(tx);
      }
    };
  }
  void begin(bound_statement&& what, const request_options& how, const receiver_recipe& to) const;
  void begin(std::vector<bound_statement> steps, transaction_options how,
             std::shared_ptr<receiver> to) const;
  void ship(std::function<std::any(transaction&)> body, transaction_options how,
            std::shared_ptr<receiver> to) const;
  void ship(std::function<std::any(pqxx::transaction_base&)> body, transaction_options how,
            std::shared_ptr<receiver> to) const;

  std::shared_ptr<database_core> core_;
};

/// A connection that serves only its holder. Movable; dropping it gives the
/// connection back: what runs is cancelled, an open transaction rolled back,
/// session state reset. One that is held longer than `lease.reclaim_after` is
/// taken back, and its statements then fail with `lease_lost`.
class lease {
public:
  explicit lease(std::shared_ptr<lease_grant> grant) : grant_{std::move(grant)} {}

  template <class... Ts>
  [[nodiscard]] future<result_set> execute(const statement& what, const Ts&... values) const {
    return execute(bind(what, values...));
  }
  [[nodiscard]] future<result_set> execute(bound_statement what, request_options how = {}) const;
  /// Commits the transaction of a lease that is one. The lease ends with it.
  [[nodiscard]] future<void> commit();

private:
  std::shared_ptr<lease_grant> grant_;
};

/// The rows of one statement, a chunk at a time.
class row_stream {
public:
  row_stream(future<lease> on, bound_statement what, std::size_t chunk_rows);
  /// The next chunk; an empty one ends the stream. Blocks. Throws `failure`.
  [[nodiscard]] result_set next();

private:
  future<lease> pending_;
  std::optional<lease> lease_;
  bound_statement what_;
  std::string fetch_;
  bool done_ = false;
};

} // namespace freehold
