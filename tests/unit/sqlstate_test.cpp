#include "runtime/sqlstate.hpp"
#include "tests/support/catch.hpp"

#include <string_view>

using freehold::classify;
using freehold::classify_connect;
using freehold::connect_outcome;
using freehold::counts_against_server;
using freehold::failure_class;
using freehold::server_error;
using freehold::statement_surprise;

namespace {

struct expectation {
  std::string_view sqlstate;
  failure_class kind;
};

server_error said(std::string_view sqlstate, std::string_view routine = "") {
  server_error e;
  e.sqlstate = sqlstate;
  e.severity = "ERROR";
  e.routine = routine;
  return e;
}

} // namespace

TEST_CASE("each SQLSTATE has its class") {
  static constexpr expectation table[]{
      {"08001", failure_class::before_send},      {"08004", failure_class::before_send},
      {"57P03", failure_class::before_send},      {"53300", failure_class::before_send},
      {"40001", failure_class::transaction},      {"40P01", failure_class::transaction},
      {"08000", failure_class::connection_fatal}, {"08003", failure_class::connection_fatal},
      {"08006", failure_class::connection_fatal}, {"08P01", failure_class::connection_fatal},
      {"57P01", failure_class::connection_fatal}, {"57P02", failure_class::connection_fatal},
      {"57P04", failure_class::connection_fatal}, {"57P05", failure_class::connection_fatal},
      {"25P03", failure_class::connection_fatal}, {"25P04", failure_class::connection_fatal},
      {"58030", failure_class::connection_fatal}, {"XX001", failure_class::connection_fatal},
      {"XX002", failure_class::connection_fatal}, {"25006", failure_class::role},
      {"26000", failure_class::statement},        {"42P05", failure_class::statement},
      {"08007", failure_class::in_doubt},         {"40003", failure_class::in_doubt},
      {"53100", failure_class::resource},         {"53200", failure_class::resource},
      {"53400", failure_class::resource},         {"57014", failure_class::resource},
      {"55P03", failure_class::resource},         {"55006", failure_class::resource},
      {"25P02", failure_class::resource},         {"22P02", failure_class::permanent},
      {"23505", failure_class::permanent},        {"42601", failure_class::permanent},
      {"42P01", failure_class::permanent},        {"3D000", failure_class::permanent},
      {"3F000", failure_class::permanent},        {"28P01", failure_class::permanent},
      {"0A000", failure_class::permanent},        {"0L000", failure_class::permanent},
      {"0P000", failure_class::permanent},        {"P0001", failure_class::permanent},
      {"XX000", failure_class::permanent},        {"ZZ999", failure_class::permanent},
  };
  for (const expectation& expected : table) {
    CAPTURE(expected.sqlstate);
    CHECK(to_string(classify(expected.sqlstate, "ERROR", "")) == to_string(expected.kind));
  }
}

TEST_CASE("an error that ends the session is fatal whatever its code") {
  CHECK(classify("", "", "") == failure_class::connection_fatal);
  CHECK(classify("22P02", "FATAL", "") == failure_class::connection_fatal);
  CHECK(classify("40001", "PANIC", "") == failure_class::connection_fatal);
}

TEST_CASE("a wrong number of parameters is the request's fault, other protocol errors are not") {
  CHECK(classify("08P01", "ERROR", "exec_bind_message") == failure_class::permanent);
  CHECK(classify("08P01", "FATAL", "exec_bind_message") == failure_class::connection_fatal);
  CHECK(classify("08P01", "ERROR", "SocketBackend") == failure_class::connection_fatal);
  CHECK_FALSE(counts_against_server(said("08P01", "exec_bind_message")));
  CHECK(counts_against_server(said("08P01")));
}

TEST_CASE("a stale plan is told by its routine, not by its localised message") {
  CHECK(classify("0A000", "ERROR", "RevalidateCachedQuery") == failure_class::statement);
  CHECK(is_stale_plan(said("0A000", "RevalidateCachedQuery")));
  CHECK_FALSE(is_stale_plan(said("0A000", "transformLockingClause")));
  CHECK_FALSE(is_stale_plan(said("XX000", "RevalidateCachedQuery")));
}

TEST_CASE("errors about statement names are surprises, others are none") {
  CHECK(surprise_of(said("42P05")) == statement_surprise::name_taken);
  CHECK(surprise_of(said("26000")) == statement_surprise::name_unknown);
  CHECK(surprise_of(said("0A000", "RevalidateCachedQuery")) == statement_surprise::stale_plan);
  CHECK(surprise_of(said("0A000")) == statement_surprise::none);
  CHECK(surprise_of(said("08P01")) == statement_surprise::none);
  CHECK(surprise_of(said("42601")) == statement_surprise::none);
}

TEST_CASE("a failed connect is judged by who could mend it") {
  CHECK(classify_connect("") == connect_outcome::unreachable);
  CHECK(classify_connect("08001") == connect_outcome::unreachable);
  CHECK(classify_connect("08P01") == connect_outcome::unreachable);
  CHECK(classify_connect("57P01") == connect_outcome::unreachable);
  CHECK(classify_connect("53200") == connect_outcome::unreachable);
  CHECK(classify_connect("53300") == connect_outcome::too_many);
  CHECK(classify_connect("28P01") == connect_outcome::authentication);
  CHECK(classify_connect("28000") == connect_outcome::authentication);
  CHECK(classify_connect("3D000") == connect_outcome::no_database);
  CHECK(classify_connect("57P04") == connect_outcome::no_database);
  CHECK(classify_connect("57P03") == connect_outcome::starting_up);
  CHECK(classify_connect("42501") == connect_outcome::misconfigured);
  CHECK(classify_connect("22023") == connect_outcome::misconfigured);
}

TEST_CASE("only failures of the server count against it") {
  for (const std::string_view code : {"", "08006", "08P01", "53300", "57P01", "57P02", "57P03"}) {
    CAPTURE(code);
    CHECK(counts_against_server(code));
  }
  for (const std::string_view code :
       {"23505", "40001", "57014", "42P05", "26000", "25006", "28P01", "53100", "57P05", "0A000"}) {
    CAPTURE(code);
    CHECK_FALSE(counts_against_server(code));
  }
}
