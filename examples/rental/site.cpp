#include "examples/rental/site.hpp"

#include <fmt/format.h>

namespace rental {

namespace {

std::string session_cookie(const httplib::Request& asked) {
  constexpr std::string_view name = "; session=";
  const std::string cookies = "; " + asked.get_header_value("Cookie");
  const auto found = cookies.find(name);
  if (found == std::string::npos)
    return {};
  return cookies.substr(found + name.size(), cookies.find(';', found + 1) - found - name.size());
}

} // namespace

site::site(const fh::database& db, site_options options, std::shared_ptr<spdlog::logger> log)
    : people_{db}, homes_{db}, options_{std::move(options)}, log_{std::move(log)},
      templates_{options_.files / "pages"} {}

void site::mount(httplib::Server& on) const {
  const auto calling = [this](void (site::*handler)(const request&, response&) const) {
    return [this, handler](const request& asked, response& to) { (this->*handler)(asked, to); };
  };
  on.Get("/", [](const request&, response& to) { to.set_redirect("/properties", 303); });
  on.Get("/properties", calling(&site::show_search));
  on.Get(R"(/properties/(\d{1,9}))", calling(&site::show_home));
  on.Post(R"(/properties/(\d{1,9}))", calling(&site::enquire));
  on.Get("/enquiries", calling(&site::show_enquiries));
  on.Get("/sign-in", calling(&site::sign_in));
  on.Post("/sign-in", calling(&site::sign_in));
  on.Get("/sign-in/confirm", calling(&site::confirm));
  on.Post("/sign-in/confirm", calling(&site::confirm));
  on.Post("/sign-out", calling(&site::sign_out));
  on.set_mount_point("/static", (options_.files / "static").string());
  on.set_default_headers({{"Content-Security-Policy", "default-src 'none'; style-src 'self'; "
                                                      "img-src 'self'; form-action 'self'; "
                                                      "base-uri 'none'; frame-ancestors 'none'"},
                          {"X-Content-Type-Options", "nosniff"},
                          {"Referrer-Policy", "same-origin"}});
  on.set_file_request_handler(
      [](const request&, response& to) { to.set_header("Cache-Control", "max-age=300"); });
  // What another site makes a browser send is not what a person meant here.
  on.set_pre_routing_handler([](const request& asked, response& to) {
    if (asked.method != "POST" || asked.get_header_value("Sec-Fetch-Site") != "cross-site")
      return httplib::Server::HandlerResponse::Unhandled;
    to.status = 403;
    return httplib::Server::HandlerResponse::Handled;
  });
  on.set_exception_handler([this](const request& asked, response& to, std::exception_ptr thrown) {
    try {
      std::rethrow_exception(std::move(thrown));
    } catch (const fh::failure& why) {
      note(why, to);
    } catch (const std::exception& why) {
      log_->error("{} {}: {}", asked.method, asked.path, why.what());
      to.status = 500;
    }
  });
  on.set_error_handler([this](const request&, response& to) {
    if (!to.body.empty())
      return;
    page shown{"message.html", "That did not work"};
    shown.content["STATUS"] = to.status;
    shown.content.ShowSection("ERROR_" + std::to_string(to.status));
    render(shown, to);
  });
}

void site::note(const fh::failure& why, response& to) const {
  to.status = 503;
  to.set_header("X-Query-Id", why.why().query_id);
  to.set_header("Retry-After", "1");
  log_->warn("{}", to_string(why.why()));
}

void site::render(const page& shown, response& to) const {
  to.set_header("Cache-Control", "no-cache");
  to.set_content(templates_.render(shown), "text/html; charset=utf-8");
}

std::optional<user> site::visitor(const request& asked, page& shown) const {
  const std::string token = session_cookie(asked);
  const auto session = token.empty() ? std::nullopt : people_.session_and_user(token);
  shown.frame.ShowSection(session ? "SIGNED_IN" : "SIGNED_OUT");
  if (!session)
    return std::nullopt;
  shown.frame["EMAIL"] = session->who.email;
  return session->who;
}

bool site::greet(const request& asked, page& shown) const {
  try {
    return visitor(asked, shown).has_value();
  } catch (const fh::failure& why) {
    log_->debug("{}", to_string(why.why()));
    return true; // nobody knows
  }
}

void site::set_cookie(const std::string& token, std::chrono::seconds lasts, response& to) const {
  to.set_header("Set-Cookie",
                fmt::format("session={}; Path=/; Max-Age={}; HttpOnly; SameSite=Lax{}", token,
                            lasts.count(), options_.url.starts_with("https:") ? "; Secure" : ""));
}

void site::sign_out(const request& asked, response& to) const {
  people_.delete_session(session_cookie(asked));
  set_cookie({}, {}, to);
  to.set_redirect("/properties", 303);
}

} // namespace rental
