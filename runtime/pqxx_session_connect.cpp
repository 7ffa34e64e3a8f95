// Connecting within a deadline, and handing the connection to libpqxx.

#include "runtime/pqxx_session.hpp"

#include "runtime/wait.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace freehold {
namespace {

std::unique_ptr<pqxx_connection> adopt(PGconn* made) {
#if PQXX_VERSION_MAJOR < 7
  return std::make_unique<owned_connection>(made);
#else
  return std::make_unique<pqxx::connection>(pqxx::connection::seize_raw_connection(made));
#endif
}

std::string where(const session_request& from) {
  const auto& p = from.target.parameters;
  const auto one = [&p](const char* key, const char* otherwise) {
    const auto found = p.find(key);
    return found == p.end() ? std::string{otherwise} : found->second;
  };
  return fmt::format("host {} port {} database {} as user {}", one("host", "(local socket)"),
                     one("port", "5432"), one("dbname", "(the user's)"),
                     one("user", "(the process's)"));
}

raw_connection start(const session_request& from) {
  std::vector<const char*> keys;
  std::vector<const char*> values;
  const auto set = [&](const char* key, const char* value) {
    keys.push_back(key);
    values.push_back(value);
  };
  for (const auto& [key, value] : from.target.parameters)
    set(key.c_str(), value.c_str());
  if (!from.target.password.empty())
    set("password", from.target.password.reveal().c_str());
  if (!from.target.ssl_password.empty()) {
    set("sslpassword", from.target.ssl_password.reveal().c_str());
  }
  set("application_name", from.application_name.c_str());
  set("client_encoding", "UTF8");
  set(nullptr, nullptr);
  return raw_connection{PQconnectStartParams(keys.data(), values.data(), 0)};
}

// libpq keeps no SQLSTATE of a failed connect, but in its verbose form the text
// has it: "FATAL:  53300: sorry, …". The word before it is localised.
std::string sqlstate_in(std::string_view said) {
  constexpr std::string_view before = ":  ";
  for (std::size_t at = said.find(before); at != std::string_view::npos;
       at = said.find(before, at + 1)) {
    const std::string_view code = said.substr(at + before.size(), 5);
    const bool plausible = std::all_of(code.begin(), code.end(), [](char c) {
      return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z');
    });
    if (code.size() == 5 && plausible && said.substr(at + before.size() + 5, 2) == ": ") {
      return std::string{code};
    }
  }
  return {};
}

// libpq would write notices to stderr, past the log.
void drop_notice(void*, const char*) {}

[[noreturn]] void refuse(const session_request& from, PGconn* c, std::string_view instead = {}) {
  std::string said = instead.empty() ? trimmed(PQerrorMessage(c)) : std::string{instead};
  const std::string sqlstate = sqlstate_in(said);
  said.resize(std::min(said.size(), said.find(" LOCATION:  ")));
  const std::string& password = from.target.password.reveal();
  constexpr std::string_view shown = "***";
  for (std::size_t at = 0; !password.empty() && (at = said.find(password, at)) != std::string::npos;
       at += shown.size()) {
    said.replace(at, password.size(), shown);
  }
  throw connect_failure{classify_connect(sqlstate), sqlstate,
                        fmt::format("cannot connect to {}: {}", where(from), said)};
}

} // namespace

pqxx_session::pqxx_session(raw_connection made, const session_request& from)
    : conn_{made.get()}, interrupter_{from.interrupter}, limit_{from.result_limit} {
  owner_ = adopt(made.release());
  PQsetNoticeProcessor(conn_, drop_notice, nullptr); // libpqxx installed its own
  PQsetNoticeReceiver(conn_, take_notice, this);
  enter_pipeline();
}

// A commit whose wait for a synchronous standby is cancelled succeeds, with a
// warning that has no code of its own; its text is localised, its origin is not.
void pqxx_session::take_notice(void* self, const PGresult* notice) {
  const char* origin = PQresultErrorField(notice, PG_DIAG_SOURCE_FUNCTION);
  if (origin != nullptr && std::string_view{origin} == "SyncRepWaitForLSN")
    static_cast<pqxx_session*>(self)->unconfirmed_ = true;
}

session_factory postgres_sessions() {
  return [](const session_request& from) -> std::unique_ptr<session> {
    raw_connection c = start(from);
    PQsetErrorVerbosity(c.get(), PQERRORS_VERBOSE);
    PQsetNoticeProcessor(c.get(), drop_notice, nullptr);
    if (!c || PQstatus(c.get()) == CONNECTION_BAD)
      refuse(from, c.get());
    for (PostgresPollingStatusType wants = PGRES_POLLING_WRITING; wants != PGRES_POLLING_OK;) {
      if (wants == PGRES_POLLING_FAILED)
        refuse(from, c.get());
      const wake_reason why = wait_for_socket(PQsocket(c.get()), wants == PGRES_POLLING_READING,
                                              wants == PGRES_POLLING_WRITING,
                                              from.interrupter->wake_descriptor(), from.deadline);
      if (why == wake_reason::timed_out) {
        refuse(from, c.get(), "no answer within connect.timeout");
      }
      if (from.interrupter->severed())
        refuse(from, c.get(), "given up");
      if (why == wake_reason::woken)
        from.interrupter->clear(); // libpq must not be called before its socket is ready
      else
        wants = PQconnectPoll(c.get());
    }
    PQsetErrorVerbosity(c.get(), PQERRORS_DEFAULT);
    from.interrupter->guard(PQsocket(c.get()));
    return std::make_unique<pqxx_session>(std::move(c), from);
  };
}

session::~session() = default;

} // namespace freehold
