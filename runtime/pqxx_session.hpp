// The session on libpqxx and libpq. This header is the only file that includes
// either, and only the pqxx_session*.cpp beside it include this header.
//
// libpqxx owns the connection and runs libpqxx transactions on it; pipelines go
// through libpq on the same PGconn, in non-blocking pipeline mode, which is left
// only for COPY and for libpqxx.
#pragma once

#include "runtime/session.hpp"

#include <libpq-fe.h>
#include <openssl/crypto.h>
#include <pqxx/pqxx>

#include <utility>
#include <vector>

namespace freehold {

/// Frees what OpenSSL keeps for a thread that used it through libpq. By itself it does so when
/// the thread has ended, which is too late in a process that is exiting: nobody waits for the
/// last steps of CAF's detached threads, and OpenSSL has been shut down by then.
struct thread_of_openssl {
  thread_of_openssl() = default;
  thread_of_openssl(const thread_of_openssl&) = delete;
  thread_of_openssl& operator=(const thread_of_openssl&) = delete;
  ~thread_of_openssl() { OPENSSL_thread_stop(); }
};

struct finish_connection {
  void operator()(PGconn* c) const noexcept {
    const thread_of_openssl used;
    PQfinish(c);
  }
};
using raw_connection = std::unique_ptr<PGconn, finish_connection>;

/// A message of libpq without the line end.
[[nodiscard]] std::string trimmed(const char* message);
/// The fields of a failed result.
[[nodiscard]] server_error error_of(const PGresult* r);

#if PQXX_VERSION_MAJOR < 7
// libpqxx 6 connects by itself, again and silently when the connection is lost:
// this policy hands out one connection, once.
class one_connection final : public pqxx::connectionpolicy {
public:
  explicit one_connection(PGconn* made) : pqxx::connectionpolicy{""}, made_{made} {}
  handle do_startconnect(handle orig) override {
    if (orig != nullptr)
      return orig;
    if (made_ == nullptr)
      throw pqxx::broken_connection{"the session has ended"};
    return std::exchange(made_, nullptr);
  }
  handle do_completeconnect(handle orig) override { return orig; }

private:
  PGconn* made_;
};

class owned_connection final : public pqxx::connection_base {
public:
  explicit owned_connection(PGconn* made) : pqxx::connection_base{policy_}, policy_{made} {
    init();
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wdeprecated-declarations"
    inhibit_reactivation(true); // else it resets a connection that was lost, unasked
#pragma GCC diagnostic pop
  }
  ~owned_connection() {
    close();
  }

private:
  one_connection policy_;
};

using pqxx_connection = owned_connection;
#else
using pqxx_connection = pqxx::connection;
#endif

class pqxx_session final : public session {
public:
  pqxx_session(raw_connection made, const session_request& from);
  ~pqxx_session() override { interrupter_->guard(-1); }

  void prepare(const std::string& name, const std::string& sql) override {
    queued(PQsendPrepare(conn_, name.c_str(), sql.c_str(), 0, nullptr));
  }
  void execute_prepared(const std::string& name, const parameters& values) override {
    gather(values);
    queued(PQsendQueryPrepared(conn_, name.c_str(), static_cast<int>(values.size()), data_.data(),
                               lengths_.data(), formats_.data(), 0));
  }
  void execute_unnamed(const std::string& sql, const parameters& values) override {
    gather(values);
    queued(PQsendQueryParams(conn_, sql.c_str(), static_cast<int>(values.size()), nullptr,
                             data_.data(), lengths_.data(), formats_.data(), 0));
  }
  void sync() override { queued(PQpipelineSync(conn_)); }
  session_reply next(time_point deadline) override;
  void cancel() override;
  bool in_transaction() const override {
    const PGTransactionStatusType status = PQtransactionStatus(conn_);
    return status == PQTRANS_INTRANS || status == PQTRANS_INERROR;
  }
  bool in_failed_transaction() const override {
    return PQtransactionStatus(conn_) == PQTRANS_INERROR;
  }
  int backend_pid() const override { return PQbackendPID(conn_); }
  int server_version() const override { return PQserverVersion(conn_); }
  std::string reported(const std::string& name) const override {
    const char* value = PQparameterStatus(conn_, name.c_str());
    return value == nullptr ? std::string{} : value;
  }
  std::size_t copy_in(const std::string& sql,
                      const std::function<std::optional<std::string>()>& next,
                      time_point deadline) override;
  std::size_t copy_out(const std::string& sql, const std::function<void(std::string_view)>& row,
                       time_point deadline) override;
  void with_pqxx(const std::function<void(pqxx::transaction_base&)>& body,
                 std::chrono::milliseconds statement_timeout,
                 const bound_statement* first) override;

private:
  // What libpq could not queue because the connection is gone shows in `next`.
  void queued(int accepted) {
    if (accepted == 0)
      give_up();
  }
  static void take_notice(void* self, const PGresult* notice);
  void gather(const parameters& values);
  void execute_now(const bound_statement& bound);
  void enter_pipeline();
  void leave_pipeline();
  void give_up(std::string why = {}); // the message of libpq, unless another is given
  session_reply lost();
  session_reply reply_of(PGresult* r);
  std::optional<session_reply> await(time_point deadline);
  [[nodiscard]] std::size_t readable() const;
  void stop_if_too_large(std::size_t before);
  [[nodiscard]] PGresult* take_result(time_point deadline);
  void begin_copy(const std::string& sql, ExecStatusType expected, time_point deadline);
  void end_copy(PGresult* last, time_point deadline);
  [[noreturn]] void copy_failed(PGresult* r, time_point deadline);
  std::size_t finish_copy(time_point deadline);
  void wait_ready(bool write, time_point deadline);

  thread_of_openssl used_; // first, so that it ends last
  PGconn* conn_;           // owned by owner_
  std::unique_ptr<pqxx_connection> owner_;
  std::shared_ptr<freehold::interrupter> interrupter_;
  std::size_t limit_;
  int reads_ = 0;            // of the socket, for the reply under way
  std::size_t received_ = 0; // bytes of the reply under way, as far as counted
  bool too_large_ = false;
  bool unconfirmed_ = false; // until the next Sync: see session_reply
  std::string broken_;
  std::vector<const char*> data_; // scratch of `gather`
  std::vector<int> lengths_;
  std::vector<int> formats_;
};

} // namespace freehold
