// What needs the connection outside pipeline mode: COPY and libpqxx transactions.

#include "runtime/pqxx_session.hpp"

#include "runtime/wait.hpp"

#include <algorithm>
#include <cstdlib>

namespace freehold {

namespace {

[[noreturn]] void throw_lost(const std::string& why) {
  error lost;
  lost.code = errc::connection_lost;
  lost.message = why;
  lost.fate = fate::rolled_back;
  throw failure{std::move(lost)};
}

bool is_copy(const PGresult* r) {
  const ExecStatusType status = PQresultStatus(r);
  return status == PGRES_COPY_IN || status == PGRES_COPY_OUT;
}

} // namespace

void pqxx_session::wait_ready(bool write, time_point deadline) {
  const wake_reason why =
      wait_for(PQsocket(conn_), write, interrupter_->wake_descriptor(), deadline);
  if (why == wake_reason::woken)
    interrupter_->clear();
  if (interrupter_->severed()) {
    give_up("the session was severed during COPY");
    throw_lost(broken_);
  }
  if (why != wake_reason::timed_out)
    return;
  cancel(); // or the server would go on until it misses the client
  give_up("the deadline passed during COPY"); // mid-COPY the protocol cannot be picked up again
  error late;
  late.code = errc::deadline_exceeded;
  late.message = "the deadline passed during COPY";
  late.fate = fate::rolled_back;
  throw failure{std::move(late)};
}

// PQgetResult, which would wait without an end.
PGresult* pqxx_session::take_result(time_point deadline) {
  int unsent = PQflush(conn_);
  while (PQisBusy(conn_) != 0) {
    wait_ready(unsent > 0, deadline);
    if (PQconsumeInput(conn_) == 0)
      break;
    unsent = PQflush(conn_);
  }
  return PQgetResult(conn_);
}

void pqxx_session::copy_failed(PGresult* r, time_point deadline) {
  const server_error said = error_of(r);
  PQclear(r);
  end_copy(nullptr, deadline);
  throw copy_refused{said};
}

// Takes what is left until the server is ready for another command.
void pqxx_session::end_copy(PGresult* last, time_point deadline) {
  PQclear(last);
  while (PGresult* rest = take_result(deadline))
    PQclear(rest);
  if (PQstatus(conn_) == CONNECTION_BAD) {
    give_up();
    throw_lost("the session ended during COPY: " + broken_);
  }
  enter_pipeline();
}

// Takes the command's own results after COPY's data; the number of rows.
std::size_t pqxx_session::finish_copy(time_point deadline) {
  PGresult* r = take_result(deadline);
  if (r == nullptr || PQresultStatus(r) != PGRES_COMMAND_OK)
    copy_failed(r, deadline);
  const std::size_t rows = std::strtoull(PQcmdTuples(r), nullptr, 10);
  end_copy(r, deadline);
  return rows;
}

void pqxx_session::begin_copy(const std::string& sql, ExecStatusType expected,
                              time_point deadline) {
  leave_pipeline();
  if (!broken_.empty())
    throw_lost(broken_);
  PGresult* begun = PQsendQuery(conn_, sql.c_str()) == 1 ? take_result(deadline) : nullptr;
  if (begun == nullptr) {
    give_up();
    throw_lost(broken_);
  }
  if (PQresultStatus(begun) == expected) {
    PQclear(begun);
    return;
  }
  if (!is_copy(begun))
    copy_failed(begun, deadline);
  PQclear(begun);
  give_up("COPY in the other direction than was said"); // the data would have to be taken
  throw_lost(broken_);
}

std::size_t pqxx_session::copy_in(const std::string& sql,
                                  const std::function<std::optional<std::string>()>& next,
                                  time_point deadline) {
  begin_copy(sql, PGRES_COPY_IN, deadline);
  const auto pass_on = [&] { // libpq would keep whatever the server is too slow for
    while (PQflush(conn_) > 0) {
      wait_ready(true, deadline);
      if (PQconsumeInput(conn_) == 0)
        return;
    }
  };
  std::exception_ptr thrown;
  bool accepted = true;
  try {
    while (accepted) {
      const std::optional<std::string> piece = next();
      if (!piece)
        break;
      accepted = PQputCopyData(conn_, piece->data(), static_cast<int>(piece->size())) == 1;
      pass_on();
    }
  } catch (...) { // the caller's exception goes on after the server was told
    thrown = std::current_exception();
  }
  if (!broken_.empty()) {
    if (thrown)
      std::rethrow_exception(thrown);
    throw_lost(broken_);
  }
  PQputCopyEnd(conn_, thrown ? "the source of the data failed" : nullptr);
  pass_on();
  if (!thrown)
    return finish_copy(deadline);
  try {
    finish_copy(deadline);
  } catch (const copy_refused&) { // as asked for by the message above
  }
  std::rethrow_exception(thrown);
}

std::size_t pqxx_session::copy_out(const std::string& sql,
                                   const std::function<void(std::string_view)>& row,
                                   time_point deadline) {
  begin_copy(sql, PGRES_COPY_OUT, deadline);
  std::exception_ptr thrown;
  for (;;) {
    char* data = nullptr;
    const int size = PQgetCopyData(conn_, &data, 1);
    if (size < 0)
      break;
    if (size == 0) {
      wait_ready(false, deadline);
      if (PQconsumeInput(conn_) == 0)
        break;
      continue;
    }
    const std::unique_ptr<char, void (*)(void*)> held{data, PQfreemem};
    if (thrown)
      continue; // what is left is read and dropped
    try {
      row({data, static_cast<std::size_t>(size)});
    } catch (...) { // the caller's exception goes on after the server was stopped
      thrown = std::current_exception();
      cancel();
      if (!broken_.empty())
        std::rethrow_exception(thrown);
    }
  }
  if (!thrown)
    return finish_copy(deadline);
  try {
    finish_copy(deadline);
  } catch (const copy_refused&) { // the cancellation's answer
  }
  std::rethrow_exception(thrown);
}

// Inside of a libpqxx transaction, whose connection this is.
void pqxx_session::execute_now(const bound_statement& bound) {
  gather(bound.values);
  const std::unique_ptr<PGresult, void (*)(PGresult*)> done{
      PQexecParams(conn_, bound.what.sql().c_str(), static_cast<int>(bound.values.size()), nullptr,
                   data_.data(), lengths_.data(), formats_.data(), 0),
      PQclear};
  if (PQstatus(conn_) == CONNECTION_BAD)
    throw pqxx::broken_connection{trimmed(PQerrorMessage(conn_))};
  if (PQresultStatus(done.get()) != PGRES_TUPLES_OK)
    throw statement_refused{error_of(done.get())};
}

void pqxx_session::with_pqxx(const std::function<void(pqxx::transaction_base&)>& body,
                             std::chrono::milliseconds statement_timeout,
                             const bound_statement* first) {
  leave_pipeline();
  if (!broken_.empty())
    throw_lost(broken_);
  PQsetnonblocking(conn_, 0);
  const auto back = [this](void*) { enter_pipeline(); };
  const std::unique_ptr<void, decltype(back)> restore{this, back};
  try {
    pqxx::work tx{*owner_};
    tx.exec("SET LOCAL statement_timeout = " +
            std::to_string(std::max<std::int64_t>(1, statement_timeout.count()))); // 0 is none
    if (first != nullptr)
      execute_now(*first);
    body(tx);
    tx.commit();
    if (std::exchange(unconfirmed_, false))
      throw failure{unconfirmed_commit()};
  } catch (const pqxx::in_doubt_error& doubt) {
    give_up("the connection ended during COMMIT");
    error why;
    why.code = errc::outcome_unknown;
    why.message = "the connection ended during COMMIT; whether it took effect is not known";
    why.fate = fate::unknown;
    throw failure{std::move(why)};
  } catch (const pqxx::broken_connection& gone) {
    give_up(gone.what());
    throw;
  }
}

} // namespace freehold
