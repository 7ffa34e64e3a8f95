// No error may show a password, whatever is wrong and wherever it stands.
#include "tests/support/catch.hpp"
#include "tests/unit/config_support.hpp"

using namespace config_test;
using namespace freehold;

namespace {

constexpr std::string_view password = "hunter2";

void check_hidden(const std::string& what, const config_error& error) {
  INFO(what);
  INFO(error.what());
  CHECK_FALSE(error.problems().empty());
  CHECK_FALSE(shows(error, password));
}

} // namespace

TEST_CASE("no malformed or refused URL shows its password", "[config]") {
  for (const std::string url : {
           "postgresql://u:hunter2@db:port/d",
           "postgresql://u:hunter2@db/d?unknown=1",
           "postgresql://u:hunter2@db/d?connection_limit=x",
           "postgresql://u:hunter2%@db/d",
           "postgresql://u:%zzhunter2@db/d",
           "postgresql://u:hunter2@x@db/d",
           "postgresql://u:x@hunter2@db/d",
           "postgresql://u:hunter2/x@db/d",
           "postgresql://u:x/hunter2@db/d?y=1",
           "postgresql://u:5/hunter2?a=b@db/d",
           "postgresql://u:5/x?hunter2=y@db/d",
           "postgresql://u:5/x?connect_timeout=hunter2@db/d",
           "postgresql://u:hunter2?x@[db/d",
           "postgresql://u:x#hunter2@db:x/d",
           "postgresql://u:hunter2",
           "postgresql://u:hunter2:x@db:x/d",
           "postgresql://db:x/d?password=hunter2",
           "postgresql://u@db:x/d?password=a@hunter2",
           "postgresql://db/d?password=hunter2&unknown=1",
           "postgresql://db/d?passwd=hunter2",
           "postgresql://db/d?sslpassword=hunter2&sslmode=x",
           "postgresql://db/d?password=hunter2&password=hunter2",
           "postgresql://db/d?password=%zzhunter2",
           "mysql://u:hunter2@db/d",
           "u:hunter2@db",
           "host=db password=hunter2",
       }) {
    check_hidden(url, url_error(url));
    check_hidden(url, file_error("[database.primary]\nurl = '" + url + "'"));
    check_hidden(url, file_error("[database.primary]\nurl = \"${URL}\"", {{"URL", url}}));
  }
}

TEST_CASE("no problem in a file shows a password that stands in it", "[config]") {
  for (const std::string text : {
           "[database.primary]\npassword = \"hunter2\"\nport = 0",
           "[database.primary]\npassword = [\"hunter2\"]",
           "[database.primary]\npassword = \"hunter2${\"",
           "[database.primary]\npassword = \"hunter2${MISSING}\"",
           "[database.primary]\npassword = \"hunter2\\u0000\"",
           "[database.primary]\npasword = \"hunter2\"",
           "[database.primary]\nsslpassword = [\"hunter2\"]",
           "[database.primary]\nurl = \"postgresql://u:hunter2@db/d?x=${MISSING}\"",
           "[database.primary]\npool = \"hunter2\"",
           "[runtime]\npassword = \"hunter2\"\n[database.primary]",
           "password = \"hunter2\"\n[database.primary]",
           "database = \"postgresql://u:hunter2@db\"",
           "profiles = \"hunter2\"\n[database.primary]",
           "[database.primary]\npassword = hunter2",
           "[database.primary]\npassword = \"hunter2",
           "[database.primary]\npassword = 'hunter2\n",
           "[database.primary]\npassword = \"hunter2\" x",
           "[database.primary]\npassword = \"hunter2\"\npassword = \"hunter2\"",
       })
    check_hidden(text, file_error(text));
}

TEST_CASE("no problem of a secret key shows what the environment gave", "[config]") {
  check_hidden("a zero byte", file_error("[database.primary]\npassword = \"${PW}\"\nport = 0",
                                         {{"PW", std::string{password}}}));
  const std::string with_zero = std::string{password} + '\0';
  check_hidden("a zero byte",
               file_error("[database.primary]\npassword = \"${PW}\"", {{"PW", with_zero}}));
}

TEST_CASE("a secret's value in a problem is three stars", "[config]") {
  const config_error error = file_error("[database.primary]\npassword = 12345");
  REQUIRE(error.problems().size() == 1);
  CHECK(error.problems().front().value == "***");
  CHECK(error.problems().front().message == "expects a string");
}
