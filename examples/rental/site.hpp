// The pages that people see, and what they send.
#pragma once

#include "examples/rental/auth_store.hpp"
#include "examples/rental/listings.hpp"
#include "examples/rental/pages.hpp"

#include <freehold/error.hpp>

#include <httplib.h>
#include <spdlog/logger.h>

namespace rental {

struct site_options {
  std::string url;              ///< under which people reach it; with https cookies are `Secure`
  std::filesystem::path files;  ///< where pages/ and static/ are
  std::filesystem::path outbox; ///< a mail is a file here
};

/// Handlers run on the server's threads, many at a time. Each waits for the database; when that is
/// away, it shows what is left to show.
class site {
public:
  site(const fh::database& db, site_options options, std::shared_ptr<spdlog::logger> log);
  /// It must outlive `on`.
  void mount(httplib::Server& on) const;

private:
  using request = httplib::Request;
  using response = httplib::Response;

  void show_search(const request& asked, response& to) const;
  void show_home(const request& asked, response& to) const;
  void enquire(const request& asked, response& to) const;
  void show_enquiries(const request& asked, response& to) const;
  void sign_in(const request& asked, response& to) const;
  void confirm(const request& asked, response& to) const;
  void sign_out(const request& asked, response& to) const;

  void fill_search(page& shown, const search& what, const request& asked, response& to) const;
  bool fill_home(page& shown, int id) const; ///< whether there is such a home
  /// Of the cookie; also for the page's head. Throws when the database is away.
  std::optional<user> visitor(const request& asked, page& shown) const;
  /// For pages that do without; whether somebody may be signed in.
  bool greet(const request& asked, page& shown) const;
  void render(const page& shown, response& to) const;
  /// Status and headers for what the database could not do, and a line in the log.
  void note(const fh::failure& why, response& to) const;
  void mail_link(const std::string& email, const std::string& next) const;
  void set_cookie(const std::string& token, std::chrono::seconds lasts, response& to) const;

  auth_store people_;
  listings homes_;
  site_options options_;
  std::shared_ptr<spdlog::logger> log_;
  templates templates_;
};

} // namespace rental
