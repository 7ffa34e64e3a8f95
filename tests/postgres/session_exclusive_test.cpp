// What needs a session for itself: transaction functions, COPY and libpqxx,
// against a real server.

#include "tests/support/live_session.hpp"

#include <pqxx/pqxx>

#include <thread>

using namespace freehold;
using namespace freehold::testing;

namespace {

const statement insert_alone{"insert", "INSERT INTO item VALUES ($1)"};
const statement copy_items{"copy", "COPY item FROM STDIN"};
const statement copy_back{"copy back", "COPY item TO STDOUT"};
const statement copy_many{"copy many", "COPY (SELECT generate_series(1, 5000000)) TO STDOUT"};

struct exclusive : live_session {
  exclusive() {
    static_cast<void>(rows("DROP TABLE IF EXISTS item"));
    static_cast<void>(rows("CREATE TABLE item (id int UNIQUE DEFERRABLE INITIALLY DEFERRED)"));
  }
  int items() { return rows("SELECT count(*) FROM item").scalar<int>(); }
  // Runs a function; its error, or code none.
  error run_alone(std::function<void(transaction&)> body, std::chrono::milliseconds time = 10s) {
    const asked one{request_kind::function, {}, time};
    one.what->body = [&body](transaction& tx) {
      body(tx);
      return std::any{};
    };
    if (const auto failed = run_function(*on, state, options.statements, one.what)) {
      last_kind = failed->kind;
      return failed->why;
    }
    REQUIRE(one.ready());
    const outcome got = one.answer->take();
    return got.why ? *got.why : error{};
  }
  failure_class last_kind = failure_class::permanent;
};

auto pieces(int count) {
  return [count, at = 0]() mutable -> std::optional<std::string> {
    if (at == count)
      return std::nullopt;
    return std::to_string(++at) + "\n";
  };
}

} // namespace

TEST_CASE_METHOD(exclusive, "a transaction function commits what it did") {
  CHECK(run_alone([&](transaction& tx) {
          static_cast<void>(tx.execute(insert_alone, 1));
          CHECK(on->in_transaction());
          static_cast<void>(tx.execute(insert_alone, 2));
        }).code == errc::none);
  CHECK_FALSE(on->in_transaction());
  CHECK(items() == 2);
}

TEST_CASE_METHOD(exclusive, "a transaction function that fails leaves nothing") {
  SECTION("it throws") {
    const error why = run_alone([](transaction& tx) {
      static_cast<void>(tx.execute(insert_alone, 1));
      throw std::runtime_error{"mine"};
    });
    CHECK(why.code == errc::transaction_failed);
    CHECK(why.thrown);
  }
  SECTION("it returns while aborted") {
    const error why = run_alone([](transaction& tx) {
      static_cast<void>(tx.execute(insert_alone, 1));
      CHECK_THROWS_AS(tx.execute(statement{"bad", "SELECT 1 / 0"}), failure);
    });
    CHECK(why.code == errc::transaction_failed);
  }
  SECTION("a deferred constraint fails at COMMIT") {
    const error why = run_alone([](transaction& tx) {
      static_cast<void>(tx.execute(insert_alone, 1));
      static_cast<void>(tx.execute(insert_alone, 1));
    });
    CHECK(why.sqlstate == "23505");
    CHECK(why.fate == fate::rolled_back);
  }
  SECTION("its time runs out") {
    const error why = run_alone(
        [](transaction& tx) {
          static_cast<void>(tx.execute(insert_alone, 1));
          static_cast<void>(tx.execute(statement{"sleep", "SELECT pg_sleep(30)"}));
        },
        300ms);
    CHECK(why.code == errc::deadline_exceeded);
  }
  CHECK_FALSE(state.lost());
  CHECK_FALSE(on->in_transaction());
  CHECK(items() == 0);
}

TEST_CASE_METHOD(exclusive, "a savepoint saves a transaction function") {
  CHECK(run_alone([](transaction& tx) {
          static_cast<void>(tx.execute(insert_alone, 1));
          static_cast<void>(tx.execute(statement{"save", "SAVEPOINT here"}));
          CHECK_THROWS_AS(tx.execute(statement{"bad", "SELECT 1 / 0"}), failure);
          static_cast<void>(tx.execute(statement{"back", "ROLLBACK TO SAVEPOINT here"}));
          CHECK_THROWS_AS(tx.execute(statement{"end", "ROLLBACK"}), failure);
        }).code == errc::none);
  CHECK(items() == 1);
}

TEST_CASE_METHOD(exclusive, "a conflict of serializable transactions may be replayed") {
  exclusive other;
  const asked one{request_kind::function, {}};
  one.what->options.isolation = isolation::serializable;
  const statement sum{"sum", "SELECT sum(id) FROM item"};
  one.what->body = [&](transaction& tx) {
    static_cast<void>(tx.execute(sum));
    static_cast<void>(other.rows("BEGIN ISOLATION LEVEL SERIALIZABLE"));
    static_cast<void>(other.rows(bind(sum)));
    static_cast<void>(other.rows("INSERT INTO item VALUES (7)"));
    static_cast<void>(tx.execute(insert_alone, 8));
    static_cast<void>(other.rows("COMMIT"));
    return std::any{};
  };
  const auto failed = run_function(*on, state, options.statements, one.what);
  REQUIRE(failed);
  CHECK(failed->kind == failure_class::transaction);
  CHECK(failed->why.code == errc::serialization_failure);
  CHECK_FALSE(one.ready());
}

TEST_CASE_METHOD(exclusive, "a backend terminated inside a transaction rolls it back") {
  observer outside;
  const int pid = backend();
  const error why = run_alone([&](transaction& tx) {
    static_cast<void>(tx.execute(insert_alone, 1));
    outside.terminate(pid);
    static_cast<void>(tx.execute(insert_alone, 2));
  });
  CHECK(why.code == errc::connection_lost);
  CHECK(last_kind == failure_class::connection_fatal);
  CHECK(state.lost());
  CHECK(exclusive{}.items() == 0);
}

TEST_CASE_METHOD(exclusive, "a backend terminated before COMMIT leaves the outcome unknown") {
  observer outside;
  const int pid = backend();
  const error why = run_alone([&](transaction& tx) {
    static_cast<void>(tx.execute(insert_alone, 1));
    outside.terminate(pid);
  });
  CHECK(why.code == errc::outcome_unknown);
  CHECK(why.fate == fate::unknown);
  CHECK(last_kind == failure_class::in_doubt);
}

TEST_CASE_METHOD(exclusive, "COPY takes rows in and gives them out") {
  std::string seen;
  CHECK(run_alone([&](transaction& tx) {
          CHECK(tx.copy_in(copy_items, pieces(100'000)) == 100'000);
          static_cast<void>(tx.execute(statement{"ordinary", "SELECT 1"}));
          CHECK(tx.copy_out(copy_back, [&](std::string_view row) { seen += row; }) == 100'000);
        }).code == errc::none);
  CHECK(seen.starts_with("1\n2\n"));
  CHECK(items() == 100'000);
}

TEST_CASE_METHOD(exclusive, "a COPY that goes wrong keeps the session") {
  error why;
  SECTION("refused") {
    why = run_alone([](transaction& tx) {
      static_cast<void>(tx.copy_in(statement{"c", "COPY no_such_table FROM STDIN"}, pieces(1)));
    });
    CHECK(why.sqlstate == "42P01");
  }
  SECTION("bad data") {
    why = run_alone([](transaction& tx) {
      static_cast<void>(tx.copy_in(copy_items, [n = 0]() mutable -> std::optional<std::string> {
        if (n++ == 3)
          return std::nullopt;
        return "no number\n";
      }));
    });
    CHECK(why.sqlstate == "22P02");
  }
  SECTION("the source throws") {
    why = run_alone([](transaction& tx) {
      static_cast<void>(tx.copy_in(
          copy_items, []() -> std::optional<std::string> { throw std::runtime_error{"no more"}; }));
    });
    CHECK(why.thrown);
  }
  SECTION("the sink throws") {
    why = run_alone([](transaction& tx) {
      static_cast<void>(
          tx.copy_out(copy_many, [](std::string_view) { throw std::runtime_error{"full"}; }));
    });
    CHECK(why.thrown);
  }
  SECTION("it is no COPY") {
    why = run_alone([](transaction& tx) {
      static_cast<void>(tx.copy_in(statement{"s", "SELECT 1"}, pieces(1)));
    });
    CHECK(why.code == errc::not_allowed);
  }
  CHECK_FALSE(state.lost());
  CHECK_FALSE(on->in_transaction());
  CHECK(items() == 0);
}

TEST_CASE_METHOD(exclusive, "a COPY in the wrong direction or past the deadline ends the session") {
  error why;
  SECTION("direction") {
    why = run_alone([](transaction& tx) { static_cast<void>(tx.copy_in(copy_back, pieces(1))); });
    CHECK(why.code == errc::connection_lost);
  }
  SECTION("deadline") {
    exclusive holder;
    static_cast<void>(holder.rows("BEGIN"));
    static_cast<void>(holder.rows("LOCK TABLE item"));
    const auto began = std::chrono::steady_clock::now();
    why = run_alone([](transaction& tx) { static_cast<void>(tx.copy_in(copy_items, pieces(1))); },
                    300ms);
    CHECK(std::chrono::steady_clock::now() - began < 2s);
    CHECK(why.code == errc::deadline_exceeded);
    static_cast<void>(holder.rows("ROLLBACK"));
  }
  CHECK(state.lost());
  const int pid = on->backend_pid();
  on.reset();
  CHECK(observer{}.gone(pid));
}

TEST_CASE_METHOD(exclusive, "a libpqxx transaction commits, or rolls back when it throws") {
  on->with_pqxx([](pqxx::transaction_base& tx) { tx.exec("INSERT INTO item VALUES (1)"); }, 5s);
  CHECK(items() == 1);
  CHECK_THROWS_AS(on->with_pqxx(
                      [](pqxx::transaction_base& tx) {
                        tx.exec("INSERT INTO item VALUES (2)");
                        tx.exec("SELECT 1 / 0");
                      },
                      5s),
                  pqxx::sql_error);
  CHECK(items() == 1);
  CHECK_THROWS_AS(
      on->with_pqxx([](pqxx::transaction_base& tx) { tx.exec("SELECT pg_sleep(9)"); }, 100ms),
      pqxx::sql_error);
  CHECK(items() == 1);
}

TEST_CASE_METHOD(exclusive, "libpqxx does not connect again by itself") {
  observer outside;
  const int pid = backend();
  const statement others{"others", "SELECT count(*) - $2::int FROM pg_stat_activity "
                                   "WHERE usename = 'freehold' AND pid <> $1"};
  const int before = outside.rows(bind(others, pid, 0)).scalar<int>();
  int calls = 0;
  const auto use = [&](pqxx::transaction_base& tx) {
    ++calls;
    tx.exec("SELECT 1");
  };
  SECTION("terminated while idle") {
    outside.terminate(pid);
  }
  SECTION("terminated inside") {
    CHECK_THROWS(on->with_pqxx(
        [&](pqxx::transaction_base& tx) {
          outside.terminate(pid);
          tx.exec("SELECT 1");
        },
        5s));
  }
  CHECK_THROWS(on->with_pqxx(use, 5s));
  CHECK_THROWS(on->with_pqxx(use, 5s));
  CHECK(calls == 0);
  CHECK(on->next(in(1s)).kind == reply_kind::lost);
  CHECK(outside.becomes_zero(bind(others, pid, before)));
  CHECK(outside.gone(pid));
}
