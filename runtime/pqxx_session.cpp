// Pipelines: queueing commands and taking their replies.

#include "runtime/pqxx_session.hpp"

#include "runtime/wait.hpp"

#include <sys/ioctl.h>

#include <algorithm>
#include <cstdlib>
#include <cstring>
#include <future>
#include <thread>

namespace freehold {

std::string trimmed(const char* message) {
  std::string text{message == nullptr ? "" : message};
  while (!text.empty() && (text.back() == '\n' || text.back() == ' '))
    text.pop_back();
  // libpq explains over several lines; a log line and an error are one.
  std::replace_if(
      text.begin(), text.end(), [](char c) { return c == '\n' || c == '\t'; }, ' ');
  return text;
}

namespace {

constexpr std::chrono::seconds longest_cancel{1}; // two round trips, over any network

// Of a SELECT it is the rows that are there, which need not be read from a text.
std::size_t affected_by(PGresult* r) {
  const bool selected =
      PQresultStatus(r) == PGRES_TUPLES_OK && std::strncmp(PQcmdStatus(r), "SELECT", 6) == 0;
  return selected ? static_cast<std::size_t>(PQntuples(r))
                  : std::strtoull(PQcmdTuples(r), nullptr, 10);
}

class pg_result final : public result_storage {
public:
  explicit pg_result(PGresult* r)
      : result_storage{static_cast<std::size_t>(PQntuples(r)),
                       static_cast<std::size_t>(PQnfields(r)), affected_by(r)},
        result_{r} {}
  ~pg_result() override { PQclear(result_); }
  cell_view cell(std::size_t row, std::size_t column) const noexcept override {
    const int r = static_cast<int>(row);
    const int c = static_cast<int>(column);
    const int length = PQgetlength(result_, r, c);
    if (length == 0 && PQgetisnull(result_, r, c)) // the length of a null is 0
      return {};
    return {PQgetvalue(result_, r, c), static_cast<std::size_t>(length)};
  }
  std::string_view column_name(std::size_t column) const noexcept override {
    return PQfname(result_, static_cast<int>(column));
  }
  std::uint32_t column_type(std::size_t column) const noexcept override {
    return PQftype(result_, static_cast<int>(column));
  }
  std::size_t bytes() const noexcept override { return PQresultMemorySize(result_); }

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
  if (why.message.empty())
    why.message = trimmed(PQresultErrorMessage(r));
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

void pqxx_session::give_up(std::string why) {
  if (!broken_.empty())
    return; // the first reason is the cause of the others
  broken_ = !why.empty() ? std::move(why) : trimmed(PQerrorMessage(conn_));
  if (broken_.empty())
    broken_ = "the connection ended";
}

void pqxx_session::enter_pipeline() {
  if (PQsetnonblocking(conn_, 1) != 0 || PQenterPipelineMode(conn_) != 1)
    give_up();
}

void pqxx_session::leave_pipeline() {
  if (PQexitPipelineMode(conn_) != 1)
    give_up();
}

session_reply pqxx_session::lost() {
  give_up();
  server_error why;
  why.message = broken_;
  return session_reply::without_result(reply_kind::lost, std::move(why));
}

session_reply pqxx_session::reply_of(PGresult* r) {
  reads_ = 0;
  received_ = 0;
  const bool gave_up = std::exchange(too_large_, false);
  session_reply reply;
  switch (PQresultStatus(r)) {
  case PGRES_PIPELINE_SYNC:
    reply.kind = reply_kind::synced;
    reply.unconfirmed = std::exchange(unconfirmed_, false);
    break;
  case PGRES_PIPELINE_ABORTED:
    reply.kind = reply_kind::skipped;
    break;
  case PGRES_COMMAND_OK:
  case PGRES_EMPTY_QUERY:
  case PGRES_TUPLES_OK:
    if (!gave_up && (limit_ == 0 || PQresultMemorySize(r) <= limit_)) {
      return {reply_kind::result, result_set{std::make_shared<pg_result>(r)}, {}};
    }
    reply.kind = reply_kind::too_large;
    reply.why = std::make_unique<server_error>();
    break;
  default:
    reply.why = std::make_unique<server_error>(error_of(r));
    if (PQstatus(conn_) == CONNECTION_BAD && reply.why->sqlstate.empty()) {
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
    if (!broken_.empty())
      break;
    if (std::optional<session_reply> other = await(deadline))
      return *std::move(other);
    PGresult* r = PQgetResult(conn_);
    if (r != nullptr)
      return reply_of(r);
    ++nulls;
    if (PQstatus(conn_) == CONNECTION_BAD)
      break;
  }
  return lost();
}

// Until a result can be taken without waiting; else why not.
std::optional<session_reply> pqxx_session::await(time_point deadline) {
  int unsent = PQflush(conn_);
  while (PQisBusy(conn_) != 0) {
    if (unsent < 0)
      return lost();
    const wake_reason why =
        wait_for(PQsocket(conn_), unsent > 0, interrupter_->wake_descriptor(), deadline);
    if (why == wake_reason::timed_out)
      return session_reply{reply_kind::timed_out, {}, {}};
    if (why == wake_reason::woken) {
      interrupter_->clear();
      if (!interrupter_->severed())
        return session_reply{reply_kind::interrupted, {}, {}};
    }
    // Two system calls to count by are two too many for a reply of a usual size: libpq reads
    // into 16 KiB, and into more only where a single row is larger.
    constexpr int uncounted_reads = 8;
    const bool counts = limit_ != 0 && ++reads_ > uncounted_reads;
    const std::size_t before = counts ? readable() : 0;
    if (PQconsumeInput(conn_) == 0)
      return lost();
    if (counts)
      stop_if_too_large(before);
    if (!broken_.empty())
      return lost();
    unsent = PQflush(conn_);
  }
  return std::nullopt;
}

std::size_t pqxx_session::readable() const {
  int bytes = 0;
  return ioctl(PQsocket(conn_), FIONREAD, &bytes) == 0 ? static_cast<std::size_t>(bytes) : 0;
}

// libpq keeps a whole result before it shows any of it, so what it reads for one
// that is under way is counted here, from below: data that arrive meanwhile hide
// what was read, but libpq has room for 8 KiB at least whenever it reads
// (pqReadData). The exact size is judged when the result is complete.
void pqxx_session::stop_if_too_large(std::size_t before) {
  constexpr std::size_t least_room = 8192;
  const std::size_t now = readable();
  received_ += std::max(before > now ? before - now : 0, std::min(before, least_room));
  // Not busy: a reply is complete, and some of the bytes may be those of the next ones.
  if (too_large_ || received_ <= limit_ || PQisBusy(conn_) == 0)
    return;
  too_large_ = true;
  cancel();
}

// PQcancel waits for the server to close a second connection, and a server that
// is stopped never does. So it has a thread of its own, which outlives a server
// that hangs; the session then ends, because a signal that arrives late would
// hit a statement that nobody wanted to cancel.
void pqxx_session::cancel() {
  const std::shared_ptr<PGcancel> handle{PQgetCancel(conn_), PQfreeCancel};
  if (!handle)
    return;
  std::packaged_task<void()> ask{[handle] {
    char text[256];
    // A cancel that does not get through is noticed by whoever waits for its effect.
    PQcancel(handle.get(), text, sizeof text);
  }};
  const std::future<void> asked = ask.get_future();
  std::thread asking{std::move(ask)};
  if (asked.wait_for(longest_cancel) == std::future_status::ready) {
    asking.join();
    return;
  }
  asking.detach();
  give_up("the server did not take a cancellation");
}

} // namespace freehold
