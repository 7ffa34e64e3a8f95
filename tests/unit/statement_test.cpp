#include <freehold/statement.hpp>

#include "runtime/statement_text.hpp"
#include "tests/support/catch.hpp"

#include <stdexcept>
#include <vector>

using freehold::read_only;
using freehold::scope_of;
using freehold::sql_words;
using freehold::statement;
using freehold::statement_scope;
using freehold::writing_word;
using namespace std::chrono_literals;
using namespace std::string_literals;

namespace {

std::vector<std::string> words_of(std::string_view sql) {
  std::vector<std::string> words;
  sql_words reader{sql};
  for (auto word = reader.next(); !word.empty(); word = reader.next())
    words.emplace_back(word);
  return words;
}

using words = std::vector<std::string>;

} // namespace

TEST_CASE("a statement says what it was declared with") {
  const statement homes{"homes", "SELECT 1", read_only, 250ms};
  CHECK(homes.name() == "homes");
  CHECK(homes.sql() == "SELECT 1");
  CHECK(homes.is_read_only());
  CHECK(homes.is_repeatable());
  CHECK((homes.timeout() == std::optional{250ms}));
  CHECK(homes.scope() == statement_scope::anywhere);
}

TEST_CASE("a statement writes unless it says otherwise") {
  const statement add{"add", "INSERT INTO t VALUES ($1)"};
  CHECK_FALSE(add.is_read_only());
  CHECK_FALSE(add.is_repeatable());
  CHECK_FALSE(add.timeout());
  CHECK(statement{"put", "UPDATE t SET x = $1", freehold::idempotent}.is_repeatable());
}

TEST_CASE("copies share one description") {
  const statement original{"a", "SELECT 1"};
  const statement copy = original;
  CHECK(&copy.sql() == &original.sql());
}

TEST_CASE("the content hash is FNV-1a of the SQL alone") {
  CHECK(statement{"x", "a"}.content_hash() == 0xaf63dc4c8601ec8c);
  CHECK(statement{"x", "foobar"}.content_hash() == 0x85944171f73967e8);
  CHECK(statement{"x", "SELECT 1"}.content_hash() == statement{"y", "SELECT 1"}.content_hash());
}

TEST_CASE("the identity is that of name and SQL together") {
  CHECK(statement{"a", "SELECT 1"}.identity() == statement{"a", "SELECT 1"}.identity());
  CHECK(statement{"a", "SELECT 1"}.identity() != statement{"b", "SELECT 1"}.identity());
  CHECK(statement{"a", "SELECT 1"}.identity() != statement{"a", "SELECT 2"}.identity());
  CHECK(statement{"ab", "c"}.identity() != statement{"a", "bc"}.identity());
}

TEST_CASE("a statement without a name or SQL is refused") {
  CHECK_THROWS_AS(statement("", "SELECT 1"), std::invalid_argument);
  CHECK_THROWS_AS(statement("a", ""), std::invalid_argument);
  CHECK_THROWS_AS(statement("a", " \n -- nothing\n /* at all */ ;"), std::invalid_argument);
  CHECK_THROWS_AS(statement("a\0b"s, "SELECT 1"), std::invalid_argument);
  CHECK_THROWS_AS(statement("a", "SELECT 1\0"s), std::invalid_argument);
}

TEST_CASE("SQL that is declared read_only and writes is refused by name and word") {
  CHECK_THROWS_WITH(statement("wipe", "delete from t", read_only),
                    "statement \"wipe\" is declared read_only and writes: DELETE");
  for (const char* sql :
       {"INSERT INTO t VALUES (1)", "update t set x = 1", "DELETE FROM t", "MERGE INTO t USING s",
        "TRUNCATE t", "CREATE TABLE t ()", "ALTER TABLE t ADD x int", "DROP TABLE t",
        "GRANT ALL ON t TO u", "REVOKE ALL ON t FROM u", "VACUUM", "CALL p()", "DO $$ $$",
        "-- a comment\n/* /* nested */ */ INSERT INTO t VALUES (1)",
        "WITH gone AS (DELETE FROM t RETURNING *) SELECT * FROM gone",
        "WITH x AS (SELECT 1) INSERT INTO t SELECT * FROM x",
        "EXPLAIN ANALYZE UPDATE t SET x = 1"}) {
    INFO(sql);
    CHECK_THROWS_AS(statement("s", sql, read_only), std::invalid_argument);
  }
}

TEST_CASE("SQL that only looks like writing may be read_only") {
  for (const char* sql :
       {"SELECT 'INSERT'", "WITH x AS (SELECT 'DELETE FROM t') SELECT * FROM x",
        "WITH x AS (SELECT 1 AS \"update\") SELECT * FROM x",
        "WITH x AS (SELECT 1) -- INSERT\nSELECT * FROM x /* DELETE */",
        "WITH x AS (SELECT $q$ DELETE $q$, $$ MERGE $$, E'\\' INSERT ') SELECT 1",
        "WITH x AS (SELECT * FROM t FOR NO KEY UPDATE) SELECT * FROM x", "TABLE t", "VALUES (1)",
        "WITH x AS (SELECT updated, insert_time FROM t) SELECT * FROM x", "SHOW server_version"}) {
    INFO(sql);
    CHECK_NOTHROW(statement("s", sql, read_only));
  }
}

TEST_CASE("transaction control is known by its first words") {
  for (const char* sql :
       {"BEGIN", "begin;", "START TRANSACTION", "COMMIT", "END", "ROLLBACK TO s", "ABORT",
        "SAVEPOINT s", "RELEASE s", "PREPARE TRANSACTION 'x'", "COMMIT PREPARED 'x'",
        "/* a /* b */ c */ -- d\n  rollback", "prepare /* x */ transaction 'x'"}) {
    INFO(sql);
    CHECK(scope_of(sql) == statement_scope::transaction_control);
  }
}

TEST_CASE("what leaves something behind on a session is known") {
  for (const char* sql : {"SET search_path = x",
                          "set local x = 1",
                          "RESET ALL",
                          "LISTEN c",
                          "UNLISTEN *",
                          "PREPARE p AS SELECT 1",
                          "DEALLOCATE p",
                          "EXECUTE p(1)",
                          "DISCARD ALL",
                          "DECLARE c CURSOR FOR SELECT 1",
                          "FETCH c",
                          "MOVE c",
                          "CLOSE c",
                          "LOAD 'x'",
                          "SELECT pg_advisory_lock($1)",
                          "select PG_TRY_ADVISORY_LOCK (1)",
                          "SELECT pg_catalog.pg_advisory_lock_shared(1)",
                          "SELECT pg_try_advisory_lock_shared(1)",
                          "SELECT set_config('x', 'y', false)",
                          "CREATE TEMP TABLE t ()",
                          "create local temporary table t ()"}) {
    INFO(sql);
    CHECK(scope_of(sql) == statement_scope::session_state);
  }
}

TEST_CASE("ordinary statements may run anywhere") {
  for (const char* sql :
       {"SELECT 1", "INSERT INTO t VALUES (1)", "SELECT pg_advisory_xact_lock(1)",
        "SELECT pg_try_advisory_xact_lock_shared(1)", "SELECT 'pg_advisory_lock(1)'",
        "SELECT pg_advisory_lock FROM t", "NOTIFY c", "UPDATE t SET x = 1", "SHOW x",
        "-- BEGIN\nSELECT 1", "(SELECT 1)", "CREATE TABLE t ()"}) {
    INFO(sql);
    CHECK(scope_of(sql) == statement_scope::anywhere);
  }
}

TEST_CASE("COPY is known") {
  CHECK(scope_of("COPY t FROM STDIN") == statement_scope::copy);
  CHECK(scope_of("  copy (SELECT 1) to stdout") == statement_scope::copy);
}

TEST_CASE("words leave out comments, constants, quoted names and dollar quotes") {
  CHECK(words_of("select a1, b$2 from \"From\" where x = $1") ==
        words{"SELECT", "A1", "B$2", "FROM", "WHERE", "X"});
  CHECK(words_of("a 'it''s' b E'\\'x' c $t$ d $$ $u$ $t$ e $$f$$ g") ==
        words{"A", "B", "C", "E", "G"});
  CHECK(words_of("1e5 x -- y\nz /* a /* b */ c */ d") == words{"X", "Z", "D"});
  CHECK(words_of("\xc3\xa9t\xc3\xa9") == words{"\xc3\xa9T\xc3\xa9"});
}

TEST_CASE("text that ends within a quote or a comment ends the words") {
  for (const char* sql : {"a 'b", "a \"b", "a /* b", "a /* /* */", "a -- b", "a $$ b", "a $t$ b $t",
                          "a E'\\", "a $", "a E'b\\'"}) {
    INFO(sql);
    CHECK(words_of(sql) == words{"A"});
  }
}

TEST_CASE("every prefix of a text is scanned to its end") {
  const std::string sql = "WITH a AS (SELECT E'\\'', $x$ $$ $x$, \"q\" /* /* */ */) -- c\n DELETE";
  for (std::size_t length = 0; length <= sql.size(); ++length) {
    CHECK_NOTHROW(scope_of(sql.substr(0, length)));
    CHECK_NOTHROW(writing_word(sql.substr(0, length)));
  }
  CHECK(writing_word(sql) == "DELETE");
}
