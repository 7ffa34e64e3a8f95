// libpq with a little ownership, for the sides that use it directly.
#pragma once

#include "bench/harness/side.hpp"

#include <libpq-fe.h>

#include <array>
#include <charconv>
#include <memory>
#include <string>

namespace bench {

struct clear_result {
  void operator()(PGresult* result) const { PQclear(result); }
};
using result_ptr = std::unique_ptr<PGresult, clear_result>;

/// One parameter, as text, without an allocation.
class key_text {
public:
  explicit key_text(std::int64_t key) {
    *std::to_chars(text_.data(), text_.data() + text_.size() - 1, key).ptr = '\0';
  }
  [[nodiscard]] const char* const* values() const { return &pointer_; }

private:
  std::array<char, 24> text_{};
  const char* pointer_ = text_.data();
};

[[nodiscard]] inline std::int64_t integer(const PGresult* from, int row, int column) {
  std::int64_t value = 0;
  const char* text = PQgetvalue(from, row, column);
  std::from_chars(text, text + PQgetlength(from, row, column), value);
  return value;
}

[[nodiscard]] inline std::string text(const PGresult* from, int row, int column) {
  return {PQgetvalue(from, row, column), std::size_t(PQgetlength(from, row, column))};
}

/// Decodes what the operation returned; throws when that is wrong.
inline void decode(const PGresult* from, const work& asked) {
  const ExecStatusType status = PQresultStatus(from);
  if (status != PGRES_TUPLES_OK && status != PGRES_COMMAND_OK)
    throw std::runtime_error{PQresultErrorMessage(from)};
  if (asked.what == operation::rows) {
    if (PQntuples(from) != int(range))
      throw std::runtime_error{"rows are missing"};
    for (int row = 0; row < PQntuples(from); ++row) {
      expect(asked.key + row, integer(from, row, 0), text(from, row, 1));
      expect_price(asked.key + row, integer(from, row, 2));
    }
  } else if (status == PGRES_TUPLES_OK && asked.what != operation::slow) {
    expect(asked.key, integer(from, 0, 0), text(from, 0, 1));
  }
}

struct close_connection {
  void operator()(PGconn* connection) const { PQfinish(connection); }
};
using connection_ptr = std::unique_ptr<PGconn, close_connection>;

[[nodiscard]] inline connection_ptr open(const std::string& url) {
  connection_ptr made{PQconnectdb(url.c_str())};
  if (PQstatus(made.get()) != CONNECTION_OK)
    throw std::runtime_error{PQerrorMessage(made.get())};
  return made;
}

/// The prepared statements, by name, and the SQL.
struct named_statement {
  const char* name;
  const char* sql;
};
inline constexpr std::array<named_statement, 6> statements{{{"select", select_sql},
                                                            {"update", update_sql},
                                                            {"balance", balance_sql},
                                                            {"rows", rows_sql},
                                                            {"write", write_sql},
                                                            {"slow", slow_sql}}};

/// That runs an operation that is one statement.
[[nodiscard]] inline const named_statement& statement_of(operation what) {
  switch (what) {
  case operation::rows:
    return statements[3];
  case operation::write:
    return statements[4];
  case operation::slow:
    return statements[5];
  default:
    return statements[0];
  }
}

inline void prepare_all(PGconn* on) {
  for (const named_statement& each : statements) {
    const result_ptr made{PQprepare(on, each.name, each.sql, 1, nullptr)};
    if (PQresultStatus(made.get()) != PGRES_COMMAND_OK)
      throw std::runtime_error{PQerrorMessage(on)};
  }
}

} // namespace bench
