// Clients as most drivers have them, and an administrator's eye on the server:
// libpq without anything in between.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

struct pg_conn;

namespace demo {

/// A connection that asks and is answered. Throws std::runtime_error.
class observer {
public:
  explicit observer(const std::string& url);
  observer(const observer&) = delete;
  observer& operator=(const observer&) = delete;
  ~observer();

  /// The first column of the first row.
  std::string ask(const std::string& sql, const std::vector<std::string>& values = {});
  std::int64_t count(const std::string& sql, const std::vector<std::string>& values = {}) {
    return std::stoll(ask(sql, values));
  }

private:
  pg_conn* connection_;
};

/// The traffic of all acts: statement number `which` adds that to its parameter.
constexpr int statements = 5;
[[nodiscard]] std::string statement_text(int which);

struct plain_result {
  std::uint64_t requests = 0;
  std::uint64_t failed = 0;
  std::uint64_t wrong = 0;                    ///< somebody else's statement answered
  std::map<std::string, std::uint64_t> codes; ///< of the failures, by SQLSTATE
  std::string example;                        ///< the text of one 42P05
};

/// `clients` threads with a connection each. Every client names its statements
/// s0, s1, … in the order in which it first uses them.
[[nodiscard]] plain_result run_plain_clients(const std::string& url, int clients, int requests);

/// Prepared statements with names like `pattern` on the backends behind a
/// pooler, all of which are occupied at once to see each.
[[nodiscard]] std::int64_t left_behind(const std::string& url, int backends,
                                       const std::string& pattern);

} // namespace demo
