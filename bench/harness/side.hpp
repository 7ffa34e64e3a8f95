// What every client under measurement does: the same work, each in its own way.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <stdexcept>
#include <string>
#include <string_view>

namespace bench {

/// One request, as its requester sees it.
enum class operation {
  select,      ///< a row by its primary key
  transaction, ///< BEGIN, UPDATE, SELECT, COMMIT
  script,      ///< the same, where a client can send it at once
  rows,        ///< a thousand rows by a range of the primary key
  write,       ///< one INSERT, committed by itself
  slow,        ///< 50 ms in the server
  lease,       ///< get a connection, give it back
  connect,     ///< make the whole side, ready for its first request
  stream,      ///< a large result, a thousand rows at a time
  wait,        ///< many requests that wait at once; then each is answered
};

struct work {
  operation what = operation::select;
  std::int64_t key = 1;
};

// The tables are made by schema.sql.
inline constexpr std::int64_t items = 100'000;
inline constexpr std::int64_t range = 1'000;

inline constexpr const char* select_sql = "SELECT id, name FROM item WHERE id = $1";
inline constexpr const char* update_sql = "UPDATE account SET balance = balance + 1 WHERE id = $1";
inline constexpr const char* balance_sql = "SELECT id, balance FROM account WHERE id = $1";
inline constexpr const char* rows_sql =
    "SELECT id, name, price FROM item WHERE id >= $1 AND id < $1 + 1000";
inline constexpr const char* write_sql = "INSERT INTO entry (item, body) VALUES ($1, 'a line')";
inline constexpr const char* slow_sql = "SELECT $1::bigint, pg_sleep(0.05)";

/// Made while it is read, row by row: no table is that large.
[[nodiscard]] inline std::string stream_sql(const std::string& rows) {
  return "SELECT n, 'item ' || md5(n::text), (n % 1000)::integer FROM "
         "(SELECT generate_series(1::bigint, " +
         rows + ") AS n) AS made";
}

/// What one program is asked to measure.
struct cell {
  std::string url;
  operation what = operation::select;
  std::size_t requesters = 1;
  std::size_t connections = 1;
  double seconds = 1;
  double slow_share = 0; ///< of the requests that are `slow` instead
  double pace = 0;       ///< requests a second, whatever the answers do; 0: a closed loop
  std::int64_t rows = 0; ///< of a stream
  bool unnamed = false;  ///< no prepared statements: a transaction pooler is in between
  std::string policy;    ///< of a side that has several
};

/// Takes the answer of a request that was begun.
class completion {
public:
  /// Called once, from any thread. `failure` is empty when all went well.
  virtual void done(std::string_view failure) noexcept = 0;

protected:
  ~completion() = default;
};

class side {
public:
  side() = default;
  side(const side&) = delete;
  side& operator=(const side&) = delete;
  virtual ~side() = default;

  /// In a sentence or two: how this client is used.
  [[nodiscard]] virtual std::string description() const = 0;
  /// Runs a request and decodes its answer. Blocks; each requester is a thread
  /// of its own. Throws when it fails or the answer is wrong.
  virtual void run(std::size_t requester, const work& one) = 0;
  /// Whether requesters need no threads: then `begin` is used.
  [[nodiscard]] virtual bool completes() const { return false; }
  virtual void begin(std::size_t /*requester*/, const work& /*one*/, completion& /*to*/) {
    throw std::logic_error{"this side has no completions"};
  }
  /// Reads that many rows of `stream_sql`, and decodes them. Blocks.
  virtual void stream(std::int64_t /*rows*/) { throw std::logic_error{"this side has no streams"}; }
};

/// Defined by each side; its connections are usable when it returns.
[[nodiscard]] std::unique_ptr<side> make_side(const cell& how);

/// The answer must be that to the question.
inline void expect(std::int64_t key, std::int64_t found, const std::string& text) {
  if (key != found || text.empty())
    throw std::runtime_error{"the answer to another question"};
}
inline void expect_price(std::int64_t key, std::int64_t found) {
  if (found != key % 1'000)
    throw std::runtime_error{"a wrong price"};
}

} // namespace bench
