// Scripts and transaction functions, and the ways in which functions go wrong.

#include "tests/support/live_runtime.hpp"

#include <pqxx/result>
#include <pqxx/transaction_base>

#include <atomic>
#include <latch>
#include <stdexcept>

using namespace freehold;
using namespace freehold::testing;

namespace {

struct no_such_home : std::runtime_error {
  using std::runtime_error::runtime_error;
};

// A table of this file's own, empty.
void table(const database& db, const std::string& name) {
  static_cast<void>(db.execute(sql("DROP TABLE IF EXISTS " + name)).get());
  static_cast<void>(db.execute(sql("CREATE TABLE " + name + " (id int PRIMARY KEY, n int)")).get());
}

int count(const database& db, const std::string& name) {
  return db.execute(sql("SELECT count(*) FROM " + name)).get().scalar<int>();
}

// Opens when told to, or when its scope ends: then no thread waits for ever.
class gate {
public:
  gate() = default;
  gate(const gate&) = delete;
  gate& operator=(const gate&) = delete;
  ~gate() { open(); }
  void open() {
    if (!std::exchange(opened_, true))
      latch_->count_down();
  }
  [[nodiscard]] std::shared_ptr<std::latch> entrance() const { return latch_; }

private:
  std::shared_ptr<std::latch> latch_ = std::make_shared<std::latch>(1);
  bool opened_ = false;
};

} // namespace

TEST_CASE("a script is all or nothing, and names the step that failed") {
  live_runtime home{sandbox_config("tx_script", "URL", 2)};
  table(home.db, "tx_script");
  const statement add{"tx add", "INSERT INTO tx_script VALUES ($1, 0)"};
  const auto both = home.db.script({bind(add, 1), bind(add, 2)}).get();
  REQUIRE(both.size() == 2);
  CHECK(both[0].affected_rows() == 1);
  const error why = why_not(home.db.script({bind(add, 3), bind(add, 1), bind(add, 4)}));
  INFO(to_string(why));
  CHECK(why.sqlstate == "23505");
  CHECK(why.constraint == "tx_script_pkey");
  CHECK(why.fate == fate::rolled_back);
  CHECK(says(why, "step 2"));
  CHECK(count(home.db, "tx_script") == 2);
}

TEST_CASE("a function commits what it did, and its value arrives") {
  live_runtime home{sandbox_config("tx_function", "URL", 2)};
  table(home.db, "tx_function");
  const std::string answer = home.db
                                 .transact([](transaction& tx) {
                                   tx.execute(sql("INSERT INTO tx_function VALUES (1, 1)"));
                                   return std::string{"done"};
                                 })
                                 .get();
  CHECK(answer == "done");
  home.db.transact([](transaction& tx) { tx.execute(sql("UPDATE tx_function SET n = 2")); }).get();
  CHECK(home.db.execute(sql("SELECT n FROM tx_function")).get().scalar<int>() == 2);
}

TEST_CASE("what a function throws arrives as it is, and nothing of it is kept") {
  live_runtime home{sandbox_config("tx_throws", "URL", 1)};
  table(home.db, "tx_throws");
  auto answer = home.db.transact([](transaction& tx) -> int {
    tx.execute(sql("INSERT INTO tx_throws VALUES (1, 1)"));
    throw no_such_home{"home 7 is gone"};
  });
  CHECK_THROWS_AS(answer.get(), no_such_home);
  CHECK(count(home.db, "tx_throws") == 0);
  const error why =
      why_not(home.db.transact([](transaction& tx) { tx.execute(sql("SELECT 1 / 0")); }));
  CHECK(why.sqlstate == "22012");
  CHECK(home.db.snapshot().sessions_lost_total == 0);
}

TEST_CASE("a function that swallows a failure does not commit") {
  live_runtime home{sandbox_config("tx_swallows", "URL", 1)};
  table(home.db, "tx_swallows");
  const error why = why_not(home.db.transact([](transaction& tx) {
    tx.execute(sql("INSERT INTO tx_swallows VALUES (1, 1)"));
    try {
      tx.execute(sql("SELECT 1 / 0"));
    } catch (const failure&) { // as careless code would
    }
    return 1;
  }));
  INFO(to_string(why));
  CHECK(why.code == errc::transaction_failed);
  CHECK(why.fate == fate::rolled_back);
  CHECK(says(why, "aborts the transaction"));
  CHECK(count(home.db, "tx_swallows") == 0);
}

TEST_CASE("a function that never returns is answered for by its deadline and replaced") {
  observer outside;
  gate release;
  config options = sandbox_config("tx_stuck", "URL", 1);
  options.runtime.drain_timeout = 200ms;
  options.databases.front().statements.cancel_grace = 100ms;
  options.databases.front().pool.acquire_timeout = 4s;
  live_runtime home{std::move(options)};
  static_cast<void>(home.db.execute(sql("SELECT 1")).get());
  const auto asked = std::chrono::steady_clock::now();
  transaction_options how;
  how.request.timeout = 500ms;
  const error why = why_not(home.db.transact(
      [entrance = release.entrance()](transaction& tx) {
        tx.execute(sql("SELECT 2"));
        entrance->wait();
      },
      how));
  INFO(to_string(why));
  CHECK(std::chrono::steady_clock::now() - asked < 1s);
  CHECK(why.code == errc::deadline_exceeded);
  CHECK(home.db.execute(sql("SELECT 3")).get().scalar<int>() == 3); // the pool had but one
  const auto stopping = std::chrono::steady_clock::now();
  home.on.stop();
  CHECK(std::chrono::steady_clock::now() - stopping < 7s);
  CHECK(eventually([&] { return sessions_of(outside, "tx_stuck") == 0; }));
}

TEST_CASE("two transactions on one row under serializable: the loser is replayed") {
  live_runtime home{sandbox_config("tx_serial", "URL", 3)}; // one is kept for plain requests
  table(home.db, "tx_serial");
  static_cast<void>(home.db.execute(sql("INSERT INTO tx_serial VALUES (1, 0)")).get());
  transaction_options how;
  how.isolation = isolation::serializable;
  const auto runs = std::make_shared<std::atomic<int>>(0);
  const auto add_one = [runs](transaction& tx) {
    const int n = tx.execute(sql("SELECT n FROM tx_serial WHERE id = 1")).scalar<int>();
    ++*runs;
    if (!eventually([&] { return *runs >= 2; }))
      throw std::runtime_error{"ran alone"};
    tx.execute(statement{"tx set", "UPDATE tx_serial SET n = $1 WHERE id = 1"}, n + 1);
    return n + 1;
  };
  auto first = home.db.transact(add_one, how);
  auto second = home.db.transact(add_one, how);
  CHECK(first.get() + second.get() == 3); // one saw the other's work
  CHECK(home.db.execute(sql("SELECT n FROM tx_serial")).get().scalar<int>() == 2);
  CHECK(*runs >= 3);
}

TEST_CASE("COPY in and out of a transaction function") {
  live_runtime home{sandbox_config("tx_copy", "URL", 1)};
  table(home.db, "tx_copy");
  const auto there_and_back = [](transaction& tx) {
    int row = 0;
    const auto next = [&]() -> std::optional<std::string> {
      if (row == 1000)
        return std::nullopt;
      ++row;
      return std::to_string(row) + "\t7\n";
    };
    const std::size_t sent = tx.copy_in(sql("COPY tx_copy FROM STDIN"), next);
    std::size_t bytes = 0;
    const std::size_t read = tx.copy_out(sql("COPY tx_copy TO STDOUT"),
                                         [&](std::string_view line) { bytes += line.size(); });
    return std::pair{sent, bytes > 4000 ? read : 0};
  };
  const auto [in, out] = home.db.transact(there_and_back).get();
  CHECK(in == 1000);
  CHECK(out == 1000);
  CHECK(count(home.db, "tx_copy") == 1000);
  const error why = why_not(home.db.transact([](transaction& tx) {
    tx.copy_in(sql("COPY tx_copy (id) FROM STDIN"),
               [left = 1]() mutable -> std::optional<std::string> {
                 if (left-- == 0)
                   return std::nullopt;
                 return "not a number\n";
               });
  }));
  INFO(to_string(why));
  CHECK(why.sqlstate == "22P02");
  CHECK(count(home.db, "tx_copy") == 1000);
}

TEST_CASE("a function written for libpqxx runs on the same connection") {
  live_runtime home{sandbox_config("tx_pqxx", "URL", 1)};
  table(home.db, "tx_pqxx");
  const int pid = home.db.execute(sql("SELECT pg_backend_pid()")).get().scalar<int>();
  const int ours = home.db
                       .transact([](pqxx::transaction_base& tx) {
                         tx.exec("INSERT INTO tx_pqxx VALUES (1, 1)");
                         return tx.exec("SELECT pg_backend_pid()")[0][0].as<int>();
                       })
                       .get();
  CHECK(ours == pid);
  CHECK(count(home.db, "tx_pqxx") == 1);
  auto thrown = home.db.transact([](pqxx::transaction_base& tx) -> int {
    tx.exec("INSERT INTO tx_pqxx VALUES (2, 2)");
    throw no_such_home{"no"};
  });
  CHECK_THROWS_AS(thrown.get(), no_such_home);
  CHECK(count(home.db, "tx_pqxx") == 1);
}

TEST_CASE("a transaction's options reach the server") {
  live_runtime home{sandbox_config("tx_options", "URL", 1)};
  transaction_options how;
  how.isolation = isolation::repeatable_read;
  how.read_only = true;
  const std::string both =
      home.db
          .transact(
              [](transaction& tx) {
                return tx
                    .execute(sql("SELECT current_setting('transaction_isolation') || ' ' || "
                                 "current_setting('transaction_read_only')"))
                    .scalar<std::string>();
              },
              how)
          .get();
  CHECK(both == "repeatable read on");
}
