// The service with its HTTP server, and people who visit it.
#pragma once

#include "examples/rental/site.hpp"
#include "examples/rental/tests/own_database.hpp"

#include <freehold/freehold.hpp>

// Catch2 in either of its generations: one header in 2.x, many in 3.x.
#if __has_include(<catch2/catch_all.hpp>)
#include <catch2/catch_all.hpp>
#else
#include <catch2/catch.hpp>
#endif

#include <sstream>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

namespace rental::testing {

using response = httplib::Response;

struct stand_options {
  std::string through = "URL"; ///< of the sandbox
  std::string url = "http://rental.example";
  bool upkeep = false;
  /// Without it, time limits are those of rental.toml, which a busy machine may well miss.
  bool patient = true;
};

/// As main.cpp has it, on any free port, with the database of `all_homes`.
class stand {
public:
  explicit stand(const stand_options& how = {});
  stand(const stand&) = delete;
  stand& operator=(const stand&) = delete;
  ~stand();

  [[nodiscard]] int port() const { return port_; }
  [[nodiscard]] std::vector<std::string> mails() const;
  /// The token of a new session of that person, who may be new too.
  [[nodiscard]] std::string session_of(const std::string& email) const;
  /// What was logged until now by the service and its runtime.
  [[nodiscard]] std::string log();

private:
  std::shared_ptr<std::ostringstream> log_ = std::make_shared<std::ostringstream>();
  spdlog::sink_ptr sink_;
  own_folder outbox_;
  fh::runtime runtime_;

public:
  const fh::database db;
  const auth_store people;

private:
  site site_;
  httplib::Server server_;
  int port_ = 0;
  std::thread listener_;
};

/// Somebody with a browser. Throws when there is no answer.
class guest {
public:
  explicit guest(const stand& at, std::string session_token = {})
      : session{std::move(session_token)}, http_{"127.0.0.1", at.port()} {
    http_.set_read_timeout(60);
  }
  response get(const std::string& path, const httplib::Params& fields = {});
  response post(const std::string& path, const httplib::Params& fields = {});
  response post(const std::string& path, const std::string& body, const std::string& type);
  response enquire(int home, const std::string& message, const std::string& form);

  std::string session;   ///< the cookie's token; taken from answers
  httplib::Headers also; ///< sent with each request

private:
  response take(httplib::Result got);
  [[nodiscard]] httplib::Headers headers() const;
  httplib::Client http_;
};

[[nodiscard]] bool shows(const response& page, std::string_view part);
[[nodiscard]] std::string location(const response& answer);
/// Parts of the page that the first group of the pattern matches.
[[nodiscard]] std::vector<std::string> all_of(const std::string& text, const std::string& pattern);
/// The homes of a page, as it shows them.
[[nodiscard]] std::vector<int> homes_in(const response& page);
/// An id for a form.
[[nodiscard]] std::string new_form();

struct new_home {
  std::string title = "A home of a test", city = "Testville", street = "Test Street 1";
  std::string description = "Described.", landlord = "Lena Landlord";
  int rent = 1'000, rooms = 2, area = 50;
};
/// Puts it into the database and says its id.
int let(const stand& at, const new_home& what);

/// One value of one row.
template <class T, class... Values>
T ask(const stand& at, const std::string& sql, const Values&... values) {
  return at.db.execute(fh::statement{sql, sql}, values...).get().template scalar<T>();
}

} // namespace rental::testing
