// SQL files that are applied once.
#include "examples/rental/tests/stand.hpp"
#include "examples/rental/upkeep.hpp"

#include <fstream>

using namespace rental;
using namespace rental::testing;

namespace {

void write_file(const own_folder& to, const std::string& name, const std::string& sql) {
  std::ofstream{to.path() / name} << sql;
}

// Applied twice it says so.
void write_counted(const own_folder& to) {
  write_file(to, "001_table.sql", "CREATE TABLE counted (n integer);\n");
  write_file(to, "002_row.sql", "INSERT INTO counted VALUES (1); -- and no more\n");
}

fh::config silent(const own_database& of, const std::string& through = "URL") {
  fh::config made = of.config(through);
  made.runtime.level = fh::log_level::off;
  return made;
}

bool exists(const own_database& in, const std::string& table) {
  return in.number("SELECT (to_regclass('" + table + "') IS NOT NULL)::int") == 1;
}

} // namespace

TEST_CASE("files are applied in the order of their names, each once") {
  const own_database own{"once"};
  const own_folder files;
  write_counted(files);
  const fh::runtime runtime{silent(own)};
  const fh::database db = runtime.database("primary");
  migrate(db, files.path());
  migrate(db, files.path());
  CHECK(own.number("SELECT count(*) FROM counted") == 1);
  CHECK(own.number("SELECT count(*) FROM migration") == 2);

  write_file(files, "003_what's new.sql", "INSERT INTO counted VALUES (3);");
  migrate(db, files.path());
  migrate(db, files.path());
  CHECK(own.number("SELECT sum(n) FROM counted") == 4);
  CHECK(own.number("SELECT count(*) FROM migration") == 3);
}

TEST_CASE("of several services that start at once one applies the files, and all go on") {
  const own_database own{"several"};
  const own_folder files;
  write_counted(files);
  write_file(files, "003_slow.sql", "SELECT pg_sleep(0.2);");
  at_once(6, [&](int i) {
    const fh::runtime runtime{silent(own, i % 2 == 0 ? "URL" : "POOLER_URL")};
    migrate(runtime.database("primary"), files.path());
    return true;
  });
  CHECK(own.number("SELECT count(*) FROM counted") == 1);
  CHECK(own.number("SELECT count(*) FROM migration") == 3);
}

TEST_CASE("nothing is applied if one file is wrong, and all is when it has been mended") {
  const own_database own{"wrong"};
  const own_folder files;
  write_counted(files);
  write_file(files, "003_wrong.sql", "CREATE TABLE other (n integer); SELECT nonsense;");
  const fh::runtime runtime{silent(own)};
  const fh::database db = runtime.database("primary");
  CHECK_THROWS_AS(migrate(db, files.path()), pqxx::sql_error);
  for (const char* table : {"counted", "other", "migration"})
    CHECK_FALSE(exists(own, table));
  write_file(files, "003_wrong.sql", "CREATE TABLE other (n integer);");
  migrate(db, files.path());
  CHECK(exists(own, "other"));
  CHECK(own.number("SELECT count(*) FROM counted") == 1);
}

TEST_CASE("a folder that is not there is an error, not an empty schema") {
  const own_database own{"nowhere"};
  const own_folder files;
  const fh::runtime runtime{silent(own)};
  CHECK_THROWS_AS(migrate(runtime.database("primary"), files.path() / "nothing"),
                  std::filesystem::filesystem_error);
  CHECK_FALSE(exists(own, "migration"));
}

TEST_CASE("the service's own files make its tables and ten thousand homes") {
  const own_database& homes = all_homes();
  CHECK(homes.number("SELECT count(*) FROM property WHERE id <= 10000") == 10'000);
  CHECK(homes.number("SELECT count(DISTINCT city) FROM property WHERE id <= 10000") == 16);
  CHECK(homes.number("SELECT count(*) FROM migration") == 2);
  const fh::runtime runtime{silent(homes, "POOLER_URL")};
  migrate(runtime.database("primary"), service_files() / "schema");
  CHECK(homes.number("SELECT count(*) FROM property WHERE id <= 10000") == 10'000);
}
