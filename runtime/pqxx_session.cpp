// Pipelines: queueing commands and taking their replies.

#include "runtime/pqxx_session.hpp"

#include "runtime/wait.hpp"

#include <sys/ioctl.h>

#include <cstdlib>

namespace freehold {

std::string trimmed(const char* message) {
  std::string text{message == nullptr ? "" : message};
  while (!text.empty() && (text.back() == '\n' || text.back() == ' ')) text.pop_back();
  return text;
}

namespace {

class pg_result final : public result_storage {
public:
  explicit pg_result(PGresult* r)
      : result_storage{static_cast<std::size_t>(PQntuples(r)),
                       static_cast<std::size_t>(PQnfields(r)),
                       std::strtoull(PQcmdTuples(r), nullptr, 10)},
        result_{r} {}
  ~pg_result() override { PQclear(result_); }
  cell_view cell(std::size_t row, std::size_t column) const noexcept override {
    const int r = static_cast<int>(row);
    const int c = static_cast<int>(column);
    if (PQgetisnull(result_, r, c)) return {};
    return {PQgetvalue(result_, r, c), static_cast<std::size_t>(PQgetlength(result_, r, c))};
  }
  std::string_view column_name(std::size_t column) const noexcept override {
    return PQfname(result_, static_cast<int>(column));
  }
  std::uint32_t column_type(std::size_t column) const noexcept override {
    return PQftype(result_, static_cast<int>(column));
  }

private:
  PGresult* result_;
};

} // namespace

server_error error_of(const PGresult* r) {
  const auto field = [r](int code) { return trimmed(PQresultErrorField(r, code)); };
  server_error why{field(PG_DIAG_SQLSTATE),        field(PG_DIAG_SEVERITY_NONLOCALIZED),
                   field(PG_DIAG_MESSAGE_PRIMARY), field(PG_DIAG_SOURCE_FUNCTION),
                   field(PG_DIAG_CONSTRAINT_NAME), field(PG_DIAG_TABLE_NAME),
                   field(PG_DIAG_COLUMN_NAME),     field(PG_DIAG_DATATYPE_NAME)};
  if (why.message.empty()) why.message = trimmed(PQresultErrorMessage(r));
  return why;
}

void pqxx_session::gather(const parameters& values) {
  data_.clear();
  lengths_.clear();
  formats_.clear();
  for (std::size_t i = 0; i < values.size(); ++i) {
    data_.push_back(values.data(i));
    lengths_.push_back(values.length(i));
    formats_.push_back(values.is_binary(i) ? 1 : 0);
  }
}

void pqxx_session::enter_pipeline() {
  if (PQsetnonblocking(conn_, 1) != 0 || PQenterPipelineMode(conn_) != 1) {
    broken_ = trimmed(PQerrorMessage(conn_));
  }
}

void pqxx_session::leave_pipeline() {
  if (PQexitPipelineMode(conn_) != 1) broken_ = trimmed(PQerrorMessage(conn_));
}

session_reply pqxx_session::lost() const {
  session_reply reply;
  reply.why.message = !broken_.empty() ? broken_ : trimmed(PQerrorMessage(conn_));
  if (reply.why.message.empty()) reply.why.message = "the connection ended";
  return reply;
}

session_reply pqxx_session::reply_of(PGresult* r) {
  received_ = 0;
  const bool gave_up = std::exchange(too_large_, false);
  session_reply reply;
  switch (PQresultStatus(r)) {
    case PGRES_PIPELINE_SYNC: reply.kind = reply_kind::synced; break;
    case PGRES_PIPELINE_ABORTED: reply.kind = reply_kind::skipped; break;
    case PGRES_COMMAND_OK:
    case PGRES_EMPTY_QUERY:
    case PGRES_TUPLES_OK:
      if (!gave_up && (limit_ == 0 || PQresultMemorySize(r) <= limit_)) {
        return {reply_kind::result, result_set{std::make_shared<pg_result>(r)}, {}};
      }
      reply.kind = reply_kind::too_large;
      break;
    default:
      reply.why = error_of(r);
      if (PQstatus(conn_) == CONNECTION_BAD && reply.why.sqlstate.empty()) {
        reply.kind = reply_kind::lost;
      } else {
        reply.kind = gave_up ? reply_kind::too_large : reply_kind::failed;
      }
  }
  PQclear(r);
  return reply;
}

session_reply pqxx_session::next(time_point deadline) {
  // Each command's results end with a null; two in a row mean that libpq expects nothing more.
  for (int nulls = 0; nulls < 3;) {
    if (!broken_.empty()) break;
    if (std::optional<session_reply> other = await(deadline)) return *std::move(other);
    PGresult* r = PQgetResult(conn_);
    if (r != nullptr) return reply_of(r);
    ++nulls;
    if (PQstatus(conn_) == CONNECTION_BAD) break;
  }
  return lost();
}

// Until a result can be taken without waiting; else why not.
std::optional<session_reply> pqxx_session::await(time_point deadline) {
  int unsent = PQflush(conn_);
  bool consumed = false;
  while (PQisBusy(conn_) != 0) {
    if (unsent < 0) return lost();
    const wake_reason why =
        wait_for(PQsocket(conn_), unsent > 0, interrupter_->wake_descriptor(), deadline);
    if (why == wake_reason::timed_out) return session_reply{reply_kind::timed_out, {}, {}};
    if (why == wake_reason::woken) {
      interrupter_->clear();
      if (!interrupter_->severed()) return session_reply{reply_kind::interrupted, {}, {}};
    }
    if (consumed) give_up_if_too_large();
    if (PQconsumeInput(conn_) == 0) return lost();
    consumed = true;
    unsent = PQflush(conn_);
  }
  return std::nullopt;
}

// libpq keeps a whole result before it shows any of it, so what is about to be
// read for one that is under way is counted here.
void pqxx_session::give_up_if_too_large() {
  int arriving = 0;
  if (limit_ == 0 || too_large_ || ioctl(PQsocket(conn_), FIONREAD, &arriving) != 0) return;
  received_ += static_cast<std::size_t>(arriving);
  if (received_ <= limit_) return;
  too_large_ = true;
  cancel();
}

void pqxx_session::cancel() {
  if (PGcancel* handle = PQgetCancel(conn_)) {
    char text[256];
    // A cancel that does not get through is noticed by whoever waits for its effect.
    PQcancel(handle, text, sizeof text);
    PQfreeCancel(handle);
  }
}

} // namespace freehold
