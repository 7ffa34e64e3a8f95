#include "tests/chaos/observer.hpp"

#include <libpq-fe.h>

#include <cstdlib>
#include <memory>
#include <stdexcept>
#include <utility>

namespace chaos {
namespace {

using result = std::unique_ptr<PGresult, decltype(&PQclear)>;

result checked(PGconn* on, PGresult* raw) {
  result made{raw, PQclear};
  const ExecStatusType status = PQresultStatus(raw);
  if (status != PGRES_TUPLES_OK && status != PGRES_COMMAND_OK)
    throw std::runtime_error{PQerrorMessage(on)};
  return made;
}

} // namespace

observer::observer(const std::string& url) : connection_{PQconnectdb(url.c_str())} {
  if (PQstatus(connection_) == CONNECTION_OK)
    return;
  const std::string why = PQerrorMessage(connection_);
  PQfinish(std::exchange(connection_, nullptr));
  throw std::runtime_error{why};
}

observer::observer(observer&& other) noexcept
    : connection_{std::exchange(other.connection_, nullptr)} {}

observer::~observer() {
  PQfinish(connection_);
}

std::vector<observer::row> observer::rows(const std::string& sql,
                                          const std::vector<std::string>& values) {
  std::vector<const char*> given;
  for (const std::string& each : values)
    given.push_back(each.c_str());
  const result got = checked(connection_, PQexecParams(connection_, sql.c_str(), int(given.size()),
                                                       nullptr, given.data(), nullptr, nullptr, 0));
  std::vector<row> all;
  for (int r = 0; r < PQntuples(got.get()); ++r) {
    row& one = all.emplace_back();
    for (int c = 0; c < PQnfields(got.get()); ++c)
      one.emplace_back(PQgetvalue(got.get(), r, c));
  }
  return all;
}

std::vector<std::int64_t> observer::numbers(const std::string& sql) {
  const result got = checked(connection_, PQexec(connection_, sql.c_str()));
  std::vector<std::int64_t> all;
  for (int r = 0; r < PQntuples(got.get()); ++r)
    all.push_back(std::strtoll(PQgetvalue(got.get(), r, 0), nullptr, 10));
  return all;
}

void observer::run(const std::string& sql) {
  static_cast<void>(checked(connection_, PQexec(connection_, sql.c_str())));
}

std::string observer::ask(const std::string& sql, const std::vector<std::string>& values) {
  const std::vector<row> all = rows(sql, values);
  return all.empty() ? std::string{} : all.front().front();
}

bool accepts(const std::string& url) {
  return PQping(url.c_str()) == PQPING_OK;
}

} // namespace chaos
