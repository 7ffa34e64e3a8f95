#include "config/libpq_parameter.hpp"
#include "config/redacted_url.hpp"
#include "tests/support/catch.hpp"
#include "tests/unit/config_support.hpp"

using namespace config_test;
using namespace freehold;
using namespace std::chrono_literals;

namespace {

using values = std::map<std::string, std::string>;

database_options from(std::string_view url) {
  return config_from_url(url).databases.front();
}

values target_of(std::string_view url) {
  return from(url).target.parameters;
}

std::string message_of(std::string_view url) {
  return only_message(url_error(url));
}

bool fails_at(std::string_view url, std::size_t character, std::string_view why) {
  const std::string message = message_of(url);
  INFO(message);
  const bool as_expected = contains(message, "at character " + std::to_string(character) + ": ") &&
                           contains(message, why);
  CHECK(as_expected);
  return as_expected;
}

} // namespace

TEST_CASE("a URL is taken apart into libpq's parameters", "[config]") {
  const config read = config_from_url("postgresql://rental:hunter2@db:5433/homes?sslmode=require",
                                      "reports", base_profile::development);
  CHECK(read.profile == "development");
  const database_options& db = read.databases.front();
  CHECK(db.name == "reports");
  CHECK(db.pool.max_connections == 4);
  CHECK(db.target.password.reveal() == "hunter2");
  CHECK(db.target.parameters == values{{"dbname", "homes"},
                                       {"host", "db"},
                                       {"port", "5433"},
                                       {"sslmode", "require"},
                                       {"user", "rental"}});
}

TEST_CASE("every part of a URL may be left out", "[config]") {
  CHECK(target_of("postgresql://").empty());
  CHECK(target_of("postgres://db") == values{{"host", "db"}});
  CHECK(target_of("postgresql:///homes") == values{{"dbname", "homes"}});
  CHECK(target_of("postgresql://rental@") == values{{"user", "rental"}});
  CHECK(target_of("postgresql://:5433") == values{{"port", "5433"}});
  CHECK(target_of("postgresql://db?user=rental") == values{{"host", "db"}, {"user", "rental"}});
}

TEST_CASE("percent-encoding is decoded in every part", "[config]") {
  const database_options db = from("postgresql://re%6etal:p%40ss%2f%25@d%62/ho%20mes");
  CHECK(db.target.password.reveal() == "p@ss/%");
  CHECK(db.target.parameters == values{{"dbname", "ho mes"}, {"host", "db"}, {"user", "rental"}});
  CHECK(target_of("postgresql://db?options=-c%20x%3D1").at("options") == "-c x=1");
}

TEST_CASE("IPv6, several hosts and Unix sockets are understood", "[config]") {
  CHECK(target_of("postgresql://[::1]:5433/d") ==
        values{{"dbname", "d"}, {"host", "::1"}, {"port", "5433"}});
  CHECK(target_of("postgresql://a:1,[::1],b:3") == values{{"host", "a,::1,b"}, {"port", "1,,3"}});
  CHECK(target_of("postgresql://a,b/d") == values{{"dbname", "d"}, {"host", "a,b"}});
  CHECK(target_of("postgresql://%2Fvar%2Frun/d") == values{{"dbname", "d"}, {"host", "/var/run"}});
  CHECK(target_of("postgresql:///d?host=/var/run") ==
        values{{"dbname", "d"}, {"host", "/var/run"}});
}

TEST_CASE("the original application's URL means what it meant there", "[config]") {
  const database_options db = from("postgresql://app:hunter2@pooler:6543/app?connection_limit=5&"
                                   "connect_timeout=10&max_idle_connection_lifetime=300");
  CHECK(db.pool.max_connections == 5);
  CHECK(db.connect.timeout == 10s);
  CHECK(db.pool.idle_timeout == 300s);
  CHECK_FALSE(db.target.parameters.contains("connect_timeout"));
}

TEST_CASE("the pool's parameters reach their options", "[config]") {
  const database_options db =
      from("postgresql://db/d?pool_timeout=7&max_connection_lifetime=600&socket_timeout=20&"
           "statement_cache_size=50&schema=app&pgbouncer=true");
  CHECK(db.pool.acquire_timeout == 7s);
  CHECK(db.pool.max_lifetime == 600s);
  CHECK(db.statements.timeout == 20s);
  CHECK(db.statements.cache_size == 50);
  CHECK(db.target.schema == "app");
  CHECK(db.statements.policy == statement_policy::unnamed);
}

TEST_CASE("zero in a URL means without limit where it did elsewhere", "[config]") {
  const database_options db =
      from("postgresql://db/d?pool_timeout=0&connect_timeout=0&socket_timeout=0&"
           "max_idle_connection_lifetime=0&max_connection_lifetime=0&statement_cache_size=0");
  CHECK(db.pool.acquire_timeout == 1h);
  CHECK(db.connect.timeout == 5min);
  CHECK(db.statements.timeout == 24h);
  CHECK(db.pool.idle_timeout == 0s);
  CHECK(db.pool.max_lifetime == 0s);
  CHECK(db.statements.policy == statement_policy::unnamed);
}

TEST_CASE("switches about prepared statements only ever turn names off", "[config]") {
  const auto policy = [](const std::string& query) {
    return from("postgresql://db/d?" + query).statements.policy;
  };
  CHECK(policy("prepared_statements=false") == statement_policy::unnamed);
  CHECK(policy("prepared_statements=true") == statement_policy::automatic);
  CHECK(policy("pgbouncer=false") == statement_policy::automatic);
}

TEST_CASE("a small connection_limit lowers the default minimum", "[config]") {
  CHECK(from("postgresql://db/d?connection_limit=1").pool.min_connections == 1);
}

TEST_CASE("every accepted libpq parameter passes through a URL", "[config]") {
  using configuration::libpq_kind;
  for (const configuration::libpq_parameter& parameter : configuration::libpq_parameters()) {
    if (parameter.kind == libpq_kind::refused)
      continue;
    std::string value = "1";
    if (parameter.kind == libpq_kind::choice)
      value = parameter.allowed.substr(0, parameter.allowed.find('|'));
    if (parameter.kind == libpq_kind::utf8)
      value = "UTF8";
    const std::string keyword{parameter.keyword};
    INFO(keyword);
    const connection_target target = from("postgresql:///?" + keyword + "=" + value).target;
    if (keyword == "password")
      CHECK(target.password.reveal() == value);
    else if (keyword == "sslpassword")
      CHECK(target.ssl_password.reveal() == value);
    else
      CHECK(target.parameters == values{{keyword, value}});
  }
  CHECK(target_of("postgresql:///?ssl=true") == values{{"sslmode", "require"}});
}

TEST_CASE("a malformed URL is refused with what is wrong and where", "[config]") {
  fails_at("mysql://db", 1, "postgresql:// or postgres://");
  fails_at("", 1, "postgresql:// or postgres://");
  fails_at("host=db password=hunter2", 1, "postgresql:// or postgres://");
  fails_at("postgresql://u%4x@db", 15, "two hexadecimal digits");
  fails_at("postgresql://db/a%", 18, "two hexadecimal digits");
  fails_at("postgresql://db/a%00", 18, "%00 is not allowed");
  fails_at("postgresql://[::1/d", 14, "not closed");
  fails_at("postgresql://[]/d", 14, "empty");
  fails_at("postgresql://[::1]x/d", 19, "after the ]");
  fails_at("postgresql://db:port/d", 17, "a port from 1 to 65535");
  fails_at("postgresql://db:70000/d", 17, "a port from 1 to 65535");
  fails_at("postgresql://::1/d", 15, "IPv6 address stands in [ ]");
  fails_at("postgresql://u:p@ss@db/d", 20, "written %40");
  fails_at("postgresql://db/d?sslmode", 19, "name=value");
  fails_at("postgresql://db/d?sslmode=require&&", 35, "name=value");
}

TEST_CASE("an unknown parameter is refused and the nearest known one named", "[config]") {
  CHECK(message_of("postgresql://db/d?connection_limt=5") ==
        "parameter \"connection_limt\" is unknown; did you mean connection_limit?");
  CHECK(message_of("postgresql://db/d?ssl_mode=require") ==
        "parameter \"ssl_mode\" is unknown; did you mean sslmode?");
  CHECK(message_of("postgresql://db/d?wibblewobble=1") == "parameter \"wibblewobble\" is unknown");
}

TEST_CASE("a parameter that does not fit is refused with what is allowed", "[config]") {
  CHECK(message_of("postgresql://db/d?connection_limit=ten") ==
        "parameter \"connection_limit\" expects an integer from 1 to 1000, got \"ten\"");
  CHECK(contains(message_of("postgresql://db/d?connection_limit=0"), "from 1 to 1000"));
  CHECK(message_of("postgresql://db/d?connect_timeout=900") ==
        "parameter \"connect_timeout\" expects whole seconds for a duration from 10 ms to 5 min, "
        "got \"900\"");
  CHECK(contains(message_of("postgresql://db/d?pool_timeout=-1"), "whole seconds"));
  CHECK(contains(message_of("postgresql://db/d?pool_timeout=99999999999999999"), "whole seconds"));
  CHECK(contains(message_of("postgresql://db/d?pgbouncer=yes"), "expects true or false"));
  CHECK(contains(message_of("postgresql://db/d?sslmode=on"), "expects one of disable"));
  CHECK(contains(message_of("postgresql://db/d?schema="), "is not empty"));
  CHECK(contains(message_of("postgresql://db/d?application_name=x"), "set runtime.service"));
  CHECK(contains(message_of("postgresql://db/d?client_encoding=LATIN1"), "expects UTF8"));
  CHECK(message_of("postgresql://db/d?user=a&user=b") == "parameter \"user\" is given twice");
  CHECK(message_of("postgresql://a,b,c/d?port=1,2") ==
        "expects one port, or one for each host (3), got 2");
}

TEST_CASE("all bad parameters of a URL are reported at once", "[config]") {
  const config_error error = url_error("postgresql://db/d?connection_limit=x&sslmode=y&zzz=1");
  CHECK(error.problems().size() == 3);
  for (const config_problem& problem : error.problems()) {
    CHECK(problem.source == "DATABASE_URL");
    CHECK(problem.line == 0);
  }
}

TEST_CASE("a URL is shown without what must not be shown", "[config]") {
  using configuration::redacted_url;
  CHECK(redacted_url("postgresql://u:p@db:1/d?sslmode=require") ==
        "postgresql://u:***@db:1/d?sslmode=require");
  CHECK(redacted_url("postgresql://u@db/d") == "postgresql://u@db/d");
  CHECK(redacted_url("postgresql://db/d?password=p&pw=x&port=1") ==
        "postgresql://db/d?password=***&***=***&port=1");
  CHECK(redacted_url("postgresql://u:p@s@db/d") == "postgresql://***@db/d");
  CHECK(redacted_url("postgresql://u:p/q@db/d") == "postgresql://***@db/d");
  CHECK(redacted_url("postgresql://u:5/q@db/d") == "postgresql://***@db/d");
  CHECK(redacted_url("postgresql://db:secret") == "postgresql://***");
  CHECK(redacted_url("host=db password=p") == "***");
  CHECK(redacted_url("${DATABASE_URL}") == "***");
}
