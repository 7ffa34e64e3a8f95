// What needs the connection outside pipeline mode: COPY and libpqxx transactions.

#include "runtime/pqxx_session.hpp"

#include "runtime/wait.hpp"

#include <cstdlib>

namespace freehold {

void pqxx_session::wait_ready(bool write, time_point deadline) {
  const wake_reason why =
      wait_for(PQsocket(conn_), write, interrupter_->wake_descriptor(), deadline);
  if (why == wake_reason::woken) interrupter_->clear();
  if (why != wake_reason::timed_out && !interrupter_->severed()) return;
  error late;
  late.code = interrupter_->severed() ? errc::connection_lost : errc::deadline_exceeded;
  late.message = interrupter_->severed() ? "the session was severed during COPY"
                                         : "the deadline passed during COPY";
  broken_ = late.message; // mid-COPY the protocol cannot be picked up again
  throw failure{std::move(late)};
}

void pqxx_session::copy_failed(PGresult* r) {
  const server_error said = error_of(r);
  PQclear(r);
  while (PGresult* rest = PQgetResult(conn_)) PQclear(rest);
  enter_pipeline();
  throw copy_refused{said};
}

// Takes the command's own results after COPY's data; the number of rows.
std::size_t pqxx_session::finish_copy(time_point deadline) {
  while (PQisBusy(conn_) != 0) {
    wait_ready(PQflush(conn_) > 0, deadline);
    if (PQconsumeInput(conn_) == 0) break;
  }
  PGresult* r = PQgetResult(conn_);
  if (r == nullptr || PQresultStatus(r) != PGRES_COMMAND_OK) copy_failed(r);
  const std::size_t rows = std::strtoull(PQcmdTuples(r), nullptr, 10);
  PQclear(r);
  while (PGresult* rest = PQgetResult(conn_)) PQclear(rest);
  enter_pipeline();
  return rows;
}

std::size_t pqxx_session::copy_in(const std::string& sql,
                                  const std::function<std::optional<std::string>()>& next,
                                  time_point deadline) {
  leave_pipeline();
  PGresult* begun = PQexec(conn_, sql.c_str());
  if (PQresultStatus(begun) != PGRES_COPY_IN) copy_failed(begun);
  PQclear(begun);
  std::exception_ptr thrown;
  try {
    while (const std::optional<std::string> piece = next()) {
      while (PQputCopyData(conn_, piece->data(), static_cast<int>(piece->size())) == 0) {
        wait_ready(true, deadline);
      }
    }
  } catch (...) { // the caller's exception goes on after the server was told
    thrown = std::current_exception();
  }
  if (!broken_.empty()) std::rethrow_exception(thrown);
  while (PQputCopyEnd(conn_, thrown ? "the source of the data failed" : nullptr) == 0) {
    wait_ready(true, deadline);
  }
  while (PQflush(conn_) > 0) wait_ready(true, deadline);
  if (!thrown) return finish_copy(deadline);
  try {
    finish_copy(deadline);
  } catch (const copy_refused&) { // as asked for by the message above
  }
  std::rethrow_exception(thrown);
}

std::size_t pqxx_session::copy_out(const std::string& sql,
                                   const std::function<void(std::string_view)>& row,
                                   time_point deadline) {
  leave_pipeline();
  PGresult* begun = PQexec(conn_, sql.c_str());
  if (PQresultStatus(begun) != PGRES_COPY_OUT) copy_failed(begun);
  PQclear(begun);
  std::exception_ptr thrown;
  for (;;) {
    char* data = nullptr;
    const int size = PQgetCopyData(conn_, &data, 1);
    if (size < 0) break;
    if (size == 0) {
      wait_ready(false, deadline);
      if (PQconsumeInput(conn_) == 0) break;
      continue;
    }
    const std::unique_ptr<char, void (*)(void*)> held{data, PQfreemem};
    if (thrown) continue; // what is left is read and dropped
    try {
      row({data, static_cast<std::size_t>(size)});
    } catch (...) { // the caller's exception goes on after the server was stopped
      thrown = std::current_exception();
      cancel();
    }
  }
  if (!thrown) return finish_copy(deadline);
  try {
    finish_copy(deadline);
  } catch (const copy_refused&) { // the cancellation's answer
  }
  std::rethrow_exception(thrown);
}

void pqxx_session::with_pqxx(const std::function<void(pqxx::transaction_base&)>& body,
                             std::chrono::milliseconds statement_timeout) {
  leave_pipeline();
  PQsetnonblocking(conn_, 0);
  const auto back = [this](void*) { enter_pipeline(); };
  const std::unique_ptr<void, decltype(back)> restore{this, back};
  try {
    pqxx::work tx{*owner_};
    tx.exec("SET LOCAL statement_timeout = " + std::to_string(statement_timeout.count()));
    body(tx);
    tx.commit();
  } catch (const pqxx::in_doubt_error& doubt) {
    broken_ = "the connection ended during COMMIT";
    error why;
    why.code = errc::outcome_unknown;
    why.message = "the connection ended during COMMIT; whether it took effect is not known";
    why.fate = fate::unknown;
    throw failure{std::move(why)};
  } catch (const pqxx::broken_connection& gone) {
    broken_ = gone.what();
    throw;
  }
}

} // namespace freehold
