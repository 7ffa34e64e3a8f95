#include "examples/demo/plain_clients.hpp"

#include <fmt/format.h>
#include <libpq-fe.h>

#include <algorithm>
#include <array>
#include <memory>
#include <mutex>
#include <random>
#include <stdexcept>
#include <thread>

namespace demo {
namespace {

using result_ptr = std::unique_ptr<PGresult, decltype(&PQclear)>;

result_ptr own(PGresult* result) {
  return {result, &PQclear};
}

bool worked(const result_ptr& result) {
  const ExecStatusType status = PQresultStatus(result.get());
  return status == PGRES_TUPLES_OK || status == PGRES_COMMAND_OK;
}

PGconn* open(const std::string& url) {
  PGconn* connection = PQconnectdb(url.c_str());
  if (PQstatus(connection) == CONNECTION_OK)
    return connection;
  const std::string why = PQerrorMessage(connection);
  PQfinish(connection);
  throw std::runtime_error{why};
}

/// Prepares at first use, under the next name of its own counter: a name that
/// was refused is not tried again, the next request comes with the next one.
class plain_client {
public:
  explicit plain_client(const std::string& url) : connection_{open(url)} {}
  plain_client(const plain_client&) = delete;
  plain_client& operator=(const plain_client&) = delete;
  ~plain_client() { PQfinish(connection_); }

  void request(int which, int value, plain_result& counts) {
    ++counts.requests;
    std::string& name = names_[std::size_t(which)];
    if (name.empty()) {
      const std::string next = fmt::format("s{}", counter_++);
      const auto prepared =
          own(PQprepare(connection_, next.c_str(), statement_text(which).c_str(), 0, nullptr));
      if (!worked(prepared))
        return count_failure(prepared, counts);
      name = next;
    }
    const std::string text = std::to_string(value);
    const char* values = text.c_str();
    const auto rows =
        own(PQexecPrepared(connection_, name.c_str(), 1, &values, nullptr, nullptr, 0));
    if (!worked(rows))
      return count_failure(rows, counts);
    if (std::stoi(PQgetvalue(rows.get(), 0, 0)) != value + which)
      ++counts.wrong;
  }

private:
  static void count_failure(const result_ptr& result, plain_result& counts) {
    ++counts.failed;
    const char* state = PQresultErrorField(result.get(), PG_DIAG_SQLSTATE);
    const std::string code = state != nullptr ? state : "?????";
    ++counts.codes[code];
    const char* text = PQresultErrorField(result.get(), PG_DIAG_MESSAGE_PRIMARY);
    if (code == "42P05" && counts.example.empty() && text != nullptr)
      counts.example = text;
  }

  PGconn* connection_;
  std::array<std::string, statements> names_;
  int counter_ = 0;
};

} // namespace

observer::observer(const std::string& url) : connection_{open(url)} {}

observer::~observer() {
  PQfinish(connection_);
}

std::string observer::ask(const std::string& sql, const std::vector<std::string>& values) {
  std::vector<const char*> pointers;
  for (const std::string& each : values)
    pointers.push_back(each.c_str());
  const auto rows = own(PQexecParams(connection_, sql.c_str(), int(pointers.size()), nullptr,
                                     pointers.data(), nullptr, nullptr, 0));
  if (!worked(rows))
    throw std::runtime_error{PQerrorMessage(connection_)};
  return PQntuples(rows.get()) > 0 ? PQgetvalue(rows.get(), 0, 0) : "";
}

std::string statement_text(int which) {
  return fmt::format("SELECT $1::int + {}", which);
}

plain_result run_plain_clients(const std::string& url, int clients, int requests) {
  plain_result all;
  std::mutex mutex;
  std::vector<std::thread> threads;
  for (int client = 0; client < clients; ++client) {
    threads.emplace_back([&, client] {
      plain_result mine;
      try {
        plain_client on{url};
        std::minstd_rand random{std::uint32_t(client) + 1};
        for (int i = 0; i < requests; ++i)
          on.request(int(random() % statements), i, mine);
      } catch (const std::exception& why) { // no connection: nothing was asked
        ++mine.codes[why.what()];
      }
      const std::lock_guard lock{mutex};
      all.requests += mine.requests;
      all.failed += mine.failed;
      all.wrong += mine.wrong;
      for (const auto& [code, times] : mine.codes)
        all.codes[code] += times;
      if (all.example.empty())
        all.example = mine.example;
    });
  }
  for (std::thread& each : threads)
    each.join();
  return all;
}

std::int64_t left_behind(const std::string& url, int backends, const std::string& pattern) {
  std::vector<std::unique_ptr<observer>> all;
  std::int64_t sum = 0;
  for (int i = 0; i < backends; ++i) {
    all.push_back(std::make_unique<observer>(url));
    all.back()->ask("BEGIN");
    sum += all.back()->count("SELECT count(*) FROM pg_prepared_statements WHERE name LIKE $1",
                             {pattern});
  }
  return sum;
}

} // namespace demo
