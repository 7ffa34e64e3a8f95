#include "examples/rental/tests/own_database.hpp"

#include "examples/rental/upkeep.hpp"

#include <cstdlib>
#include <iostream>
#include <stdexcept>

#include <unistd.h>

namespace rental::testing {

namespace {

std::string at_database(const std::string& url, const std::string& name) {
  return url.substr(0, url.rfind('/') + 1) + name;
}

pqxx::result by(const std::string& url, const std::string& text) {
  pqxx::connection to{url};
  pqxx::nontransaction tx{to};
  return tx.exec(text);
}

} // namespace

std::string sandbox(const std::string& what) {
  const char* value = std::getenv(("FREEHOLD_TEST_" + what).c_str());
  if (value == nullptr)
    throw std::runtime_error{"run this inside tests/sandbox/sandbox run --"};
  return value;
}

void sandbox_does(const std::string& action) {
  if (std::system(("\"$FREEHOLD_SANDBOX\" " + action + " >/dev/null 2>&1").c_str()) != 0)
    throw std::runtime_error{"the sandbox failed to: " + action};
}

void outage::end() {
  if (!over_)
    sandbox_does(end_);
  over_ = true;
}

outage::~outage() {
  try {
    end();
  } catch (const std::exception& why) {
    std::cerr << why.what() << '\n';
  }
}

own_database::own_database(const std::string& name)
    : name_{"rental_" + name + "_" + std::to_string(getpid())} {
  by(sandbox("ADMIN_URL"), "CREATE DATABASE " + name_ + " OWNER freehold");
}

own_database::~own_database() {
  try {
    by(sandbox("ADMIN_URL"), "DROP DATABASE " + name_ + " WITH (FORCE)");
  } catch (const std::exception& why) {
    std::cerr << why.what() << '\n';
  }
}

fh::config own_database::config(const std::string& through) const {
  fh::config made = config_as_it_is(through);
  made.children.clear();
  fh::database_options& options = made.databases.front();
  options.statements.timeout = options.pool.acquire_timeout = options.connect.timeout = 30s;
  options.liveness.ping_timeout = 10s;
  return made;
}

std::string own_database::url(const std::string& through) const {
  return at_database(sandbox(through), name_);
}

fh::config own_database::config_as_it_is(const std::string& through) const {
  const auto variables = [this, &through](const std::string& name) -> std::optional<std::string> {
    return name == "DATABASE_URL" ? std::optional{url(through)} : std::nullopt;
  };
  fh::config made = fh::load_config(service_files() / "rental.toml", "production", variables);
  made.databases.front().shedding.enabled = false;
  return made;
}

pqxx::result own_database::sql(const std::string& text) const {
  return by(url(), text);
}

std::filesystem::path service_files() {
  return RENTAL_FILES;
}

const own_database& all_homes() {
  static const own_database made{"homes"};
  static const bool filled = [] {
    fh::config how = made.config();
    how.runtime.level = fh::log_level::off;
    const fh::runtime runtime{std::move(how)};
    migrate(runtime.database("primary"), service_files() / "schema");
    return true;
  }();
  static_cast<void>(filled);
  return made;
}

own_folder::own_folder() {
  std::string name = (std::filesystem::temp_directory_path() / "rental-XXXXXX").string();
  if (mkdtemp(name.data()) == nullptr)
    throw std::runtime_error{"cannot make a folder like " + name};
  path_ = name;
}

own_folder::~own_folder() {
  std::error_code ignored;
  std::filesystem::remove_all(path_, ignored);
}

} // namespace rental::testing
