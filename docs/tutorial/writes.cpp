#include <freehold/freehold.hpp>

#include <httplib.h>

namespace fh = freehold;
using namespace std::chrono_literals;

// With an id that the form has: sent twice it is there once.
const fh::statement enquire{"enquire",
                            "INSERT INTO enquiry (id, home_id, message) VALUES ($1, $2, $3) "
                            "ON CONFLICT (id) DO NOTHING",
                            fh::idempotent};
const fh::statement raise_rent{"raise_rent", "UPDATE home SET rent = rent + 10 WHERE id = $1",
                               fh::writes, 30s};

const fh::statement use_token{
    "use_token", "DELETE FROM token WHERE secret = $1 AND expires > now() RETURNING email"};
const fh::statement begin_session{"begin_session", "INSERT INTO session (email) VALUES ($1)"};

// Both or neither, and for one caller only.
std::string sign_in(const fh::database& db, const std::string& secret) {
  const auto body = [secret](fh::transaction& tx) -> std::string {
    const fh::result_set used = tx.execute(use_token, secret);
    if (used.empty())
      return "this link was used\n";
    tx.execute(begin_session, used.scalar<std::string>());
    return "welcome\n";
  };
  return db.transact(body).get();
}

using handler = std::function<std::string(const httplib::Request&)>;

// Answers a form, or says what is known of the failure.
void on_form(httplib::Server& server, const char* path, const handler& with) {
  server.Post(path, [with](const httplib::Request& form, httplib::Response& to) {
    try {
      to.set_content(with(form), "text/plain");
    } catch (const fh::failure& why) {
      to.status = why.why().fate == fh::fate::unknown ? 500 : 503; // 503: you may try again
      to.set_content(to_string(why.why()) + '\n', "text/plain");
    }
  });
}

int main(int, char** argv) {
  const fh::runtime runtime{fh::load_config("freehold.toml")};
  const fh::database db = runtime.database("primary");

  httplib::Server server;
  on_form(server, "/enquiries", [&](const httplib::Request& form) {
    const auto id = form.get_param_value("id"), home = form.get_param_value("home");
    db.execute(enquire, id, home, form.get_param_value("message")).get();
    return "your enquiry is sent\n";
  });
  on_form(server, "/rent", [&](const httplib::Request& form) {
    db.execute(raise_rent, form.get_param_value("home")).get();
    return "the rent is raised\n";
  });
  on_form(server, "/sign-in",
          [&](const httplib::Request& form) { return sign_in(db, form.get_param_value("token")); });
  server.listen("127.0.0.1", std::stoi(argv[1]));
}
