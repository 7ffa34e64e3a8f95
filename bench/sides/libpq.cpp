// libpq as it is: blocking calls, a round trip for each statement.

#include "bench/harness/libpq_connection.hpp"
#include "bench/sides/pool.hpp"

namespace bench {
namespace {

class plain_connection {
public:
  plain_connection(const std::string& url, bool unnamed) : on_{open(url)}, unnamed_{unnamed} {
    if (!unnamed)
      prepare_all(on_.get());
  }

  void run(const work& one) {
    if (one.what == operation::transaction) {
      command("BEGIN");
      decode(execute(statements[1], one.key).get(), one);
      decode(execute(statements[2], one.key).get(), one);
      command("COMMIT");
    } else if (one.what != operation::lease) {
      decode(execute(statement_of(one.what), one.key).get(), one);
    }
  }

  void stream(std::int64_t rows) {
    command("BEGIN");
    const std::string declare =
        "DECLARE all_of_it NO SCROLL CURSOR FOR " + stream_sql(std::to_string(rows));
    command(declare.c_str());
    std::int64_t last = 0;
    for (bool more = true; more;) {
      const result_ptr chunk{PQexec(on_.get(), "FETCH 1000 FROM all_of_it")};
      if (PQresultStatus(chunk.get()) != PGRES_TUPLES_OK)
        throw std::runtime_error{PQresultErrorMessage(chunk.get())};
      for (int row = 0; row < PQntuples(chunk.get()); ++row) {
        ++last;
        expect(last, integer(chunk.get(), row, 0), text(chunk.get(), row, 1));
        expect_price(last, integer(chunk.get(), row, 2));
      }
      more = PQntuples(chunk.get()) > 0;
    }
    command("COMMIT");
    expect(rows, last, "rows");
  }

private:
  result_ptr execute(const named_statement& what, std::int64_t key) {
    const key_text value{key};
    return result_ptr{
        unnamed_
            ? PQexecParams(on_.get(), what.sql, 1, nullptr, value.values(), nullptr, nullptr, 0)
            : PQexecPrepared(on_.get(), what.name, 1, value.values(), nullptr, nullptr, 0)};
  }
  void command(const char* sql) {
    const result_ptr done{PQexec(on_.get(), sql)};
    if (PQresultStatus(done.get()) != PGRES_COMMAND_OK)
      throw std::runtime_error{PQerrorMessage(on_.get())};
  }

  connection_ptr on_;
  bool unnamed_;
};

class libpq_side final : public side {
public:
  explicit libpq_side(const cell& how) {
    const auto open = [&how] { return std::make_unique<plain_connection>(how.url, how.unnamed); };
    if (how.requesters <= how.connections) {
      own_ = open_all(how.connections, open);
    } else {
      pool_ = std::make_unique<pool<plain_connection>>(how.connections, open);
    }
  }

  std::string description() const override {
    return "libpq, blocking. A requester is a thread; it has a connection of its own where there "
           "are enough, else it borrows one from a pool of a mutex and a condition. Statements "
           "are prepared (PQexecPrepared); cells are read with from_chars and copied to a string.";
  }
  void run(std::size_t requester, const work& one) override {
    if (pool_)
      (*pool<plain_connection>::borrowed{*pool_}).run(one);
    else
      own_[requester]->run(one);
  }
  void stream(std::int64_t rows) override { own_.at(0)->stream(rows); }

private:
  std::vector<std::unique_ptr<plain_connection>> own_;
  std::unique_ptr<pool<plain_connection>> pool_;
};

} // namespace

std::unique_ptr<side> make_side(const cell& how) {
  return std::make_unique<libpq_side>(how);
}

} // namespace bench
