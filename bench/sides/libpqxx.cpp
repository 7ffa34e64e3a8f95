// libpqxx as services use it: a pool, prepared statements, `as`.

#include "bench/harness/side.hpp"
#include "bench/sides/pool.hpp"

#include <pqxx/pqxx>

namespace bench {
namespace {

class pqxx_connection {
public:
  pqxx_connection(const std::string& url, bool unnamed) : on_{url}, unnamed_{unnamed} {
    if (unnamed)
      return;
    for (const char* each : {select_sql, update_sql, balance_sql, rows_sql, write_sql, slow_sql})
      on_.prepare(each, each); // its text is as good a name as another
  }

  void run(const work& one) {
    switch (one.what) {
    case operation::select:
      return check(alone(select_sql, one.key), one.key);
    case operation::rows:
      return check_rows(alone(rows_sql, one.key), one.key);
    case operation::write:
      alone(write_sql, one.key);
      return;
    case operation::slow:
      alone(slow_sql, one.key);
      return;
    case operation::transaction: {
      pqxx::work tx{on_};
      execute(tx, update_sql, one.key);
      check(execute(tx, balance_sql, one.key), one.key);
      return tx.commit();
    }
    case operation::lease:
      return;
    default:
      throw std::logic_error{"not measured with libpqxx"};
    }
  }

private:
  template <class Transaction>
  pqxx::result execute(Transaction& tx, const char* sql, std::int64_t key) {
    return unnamed_ ? tx.exec_params(sql, key) : tx.exec_prepared(sql, key);
  }
  pqxx::result alone(const char* sql, std::int64_t key) {
    pqxx::nontransaction tx{on_};
    return execute(tx, sql, key);
  }
  static void check(const pqxx::result& rows, std::int64_t key) {
    const pqxx::row first = rows[0];
    expect(key, first[0].as<std::int64_t>(), first[1].as<std::string>());
  }
  static void check_rows(const pqxx::result& rows, std::int64_t key) {
    if (std::int64_t(rows.size()) != range)
      throw std::runtime_error{"rows are missing"};
    for (const auto& row : rows) {
      expect(key, row[0].as<std::int64_t>(), row[1].as<std::string>());
      expect_price(key++, row[2].as<int>());
    }
  }

  pqxx::connection on_;
  bool unnamed_;
};

class libpqxx_side final : public side {
public:
  explicit libpqxx_side(const cell& how)
      : pool_{how.connections,
              [&how] { return std::make_unique<pqxx_connection>(how.url, how.unnamed); }} {}

  std::string description() const override {
    return "libpqxx, blocking. A requester is a thread that borrows a connection from a pool of a "
           "mutex and a condition. Prepared statements in a nontransaction (autocommit), or in a "
           "work where the workload is a transaction; cells are read with as<>.";
  }
  void run(std::size_t, const work& one) override {
    (*pool<pqxx_connection>::borrowed{pool_}).run(one);
  }

private:
  pool<pqxx_connection> pool_;
};

} // namespace

std::unique_ptr<side> make_side(const cell& how) {
  return std::make_unique<libpqxx_side>(how);
}

} // namespace bench
