#include <freehold/freehold.hpp>

#include <httplib.h>

namespace fh = freehold;

// With an id that the form has: sent twice it is there once.
const fh::statement enquire{"enquire",
                            "INSERT INTO enquiry (id, home_id, message) VALUES ($1, $2, $3) "
                            "ON CONFLICT (id) DO NOTHING",
                            fh::idempotent};
const fh::statement raise_rent{"raise_rent", "UPDATE home SET rent = rent + 10 WHERE id = $1"};

const fh::statement use_token{
    "use_token", "DELETE FROM token WHERE secret = $1 AND expires > now() RETURNING email"};
const fh::statement begin_session{"begin_session", "INSERT INTO session (email) VALUES ($1)"};

// Both or neither, and for one caller only.
std::string sign_in(const fh::database& db, const std::string& secret) {
  const auto body = [secret](fh::transaction& tx) -> std::string {
    const auto email = tx.execute(use_token, secret).first<std::string>();
    if (!email)
      return "this link was used\n";
    tx.execute(begin_session, std::get<0>(*email));
    return "welcome\n";
  };
  return db.transact(body).get();
}

using handler = std::function<std::string(const httplib::Request&)>;

// The same for all forms: an answer, or what is known of a failure.
httplib::Server::Handler answering(handler with) {
  return [with](const httplib::Request& asked, httplib::Response& to) {
    try {
      to.set_content(with(asked), "text/plain");
    } catch (const fh::failure& why) {
      to.status = why.code() == fh::errc::outcome_unknown ? 500 : 503;
      to.set_content(to_string(why.why()) + '\n', "text/plain");
    }
  };
}

int main(int, char** argv) {
  const fh::runtime runtime{fh::load_config("freehold.toml")};
  const fh::database db = runtime.database("primary");

  httplib::Server server;
  server.Post("/enquiries", answering([&](const httplib::Request& form) {
                db.execute(enquire, form.get_param_value("id"), form.get_param_value("home"),
                           form.get_param_value("message"))
                    .get();
                return "your enquiry is sent\n";
              }));
  server.Post("/rent", answering([&](const httplib::Request& form) {
                db.execute(raise_rent, form.get_param_value("home")).get();
                return "the rent is raised\n";
              }));
  server.Post("/sign-in", answering([&](const httplib::Request& form) {
                return sign_in(db, form.get_param_value("token"));
              }));
  server.listen("127.0.0.1", std::stoi(argv[1]));
}
