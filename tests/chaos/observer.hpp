// An eye on the server that owes nothing to Freehold: libpq without anything in
// between.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

struct pg_conn;

namespace chaos {

/// A connection that asks and is answered; one thread at a time. Everything
/// throws std::runtime_error with the server's words.
class observer {
public:
  explicit observer(const std::string& url);
  observer(const observer&) = delete;
  observer& operator=(const observer&) = delete;
  observer(observer&& other) noexcept;
  ~observer();

  using row = std::vector<std::string>;
  std::vector<row> rows(const std::string& sql, const std::vector<std::string>& values = {});
  /// The first column of each row, which is a number.
  std::vector<std::int64_t> numbers(const std::string& sql);
  /// Several statements separated by semicolons, without parameters.
  void run(const std::string& sql);
  /// The first column of the first row.
  std::string ask(const std::string& sql, const std::vector<std::string>& values = {});
  std::int64_t count(const std::string& sql, const std::vector<std::string>& values = {}) {
    return std::stoll(ask(sql, values));
  }

private:
  pg_conn* connection_;
};

/// Whether a server there takes connections, as it says itself.
[[nodiscard]] bool accepts(const std::string& url);

} // namespace chaos
