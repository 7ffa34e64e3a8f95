#include "examples/rental/forms.hpp"
#include "examples/rental/site.hpp"

#include <fstream>
#include <stdexcept>

namespace rental {

namespace {

constexpr std::chrono::minutes link_lasts{20};
constexpr std::chrono::days session_lasts{30};

time_point in(std::chrono::seconds time) {
  return std::chrono::floor<std::chrono::microseconds>(std::chrono::system_clock::now() + time);
}

// A page of ours: an address that begins with // is somebody else's. Browsers leave out tabs and
// new lines and read \ as /.
std::string next_of(const httplib::Request& asked) {
  const std::string next = asked.get_param_value("next");
  const bool ours = next.starts_with('/') && next.find_first_of("/\\", 1) != 1;
  return ours && next.find_first_of("\t\r\n") == next.npos ? next : "/properties";
}

} // namespace

void site::mail_link(const std::string& email, const std::string& next) const {
  const std::string token = new_token();
  people_.create_verification_token(email, token, in(link_lasts));
  const auto file = options_.outbox / (new_token() + ".eml");
  std::ofstream mail{file};
  mail << "To: " << email << "\nSubject: Sign in to Trusted Tenancy\n\n"
       << httplib::append_query_params(options_.url + "/sign-in/confirm",
                                       {{"email", email}, {"token", token}, {"next", next}})
       << "\n\nThis link signs you in once, within " << link_lasts.count() << " minutes.\n";
  if (!mail.flush())
    throw std::runtime_error{"cannot write " + file.string()};
}

void site::sign_in(const request& asked, response& to) const {
  page shown{"sign_in.html", "Sign in"};
  const std::string typed = asked.get_param_value("email");
  shown.content["next"] = next_of(asked);
  shown.content["email"] = typed;
  if (asked.method == "POST") {
    try {
      const auto email = normal_email(typed);
      if (email)
        mail_link(*email, next_of(asked));
      to.status = email ? 200 : 400;
      shown.content.ShowSection(email ? "SENT" : "wrong_email");
    } catch (const fh::failure& why) {
      note(why, to);
      shown.content.ShowSection("AWAY");
    }
  }
  render(shown, to);
}

// The link itself only asks: there are programs that open the links of mails, and it works once.
void site::confirm(const request& asked, response& to) const {
  page shown{"confirm.html", "Sign in"};
  const std::string email = asked.get_param_value("email");
  const std::string token = asked.get_param_value("token");
  shown.content["email"] = email;
  shown.content["token"] = token;
  shown.content["next"] = next_of(asked);
  bool ended = false;
  if (asked.method == "POST") {
    try {
      const std::string session = new_token();
      const auto address = normal_email(email);
      if (address && people_.sign_in(*address, token, session, in(session_lasts))) {
        set_cookie(session, session_lasts, to);
        return to.set_redirect(next_of(asked), 303);
      }
      to.status = 400;
      ended = true;
    } catch (const fh::failure& why) {
      note(why, to);
      shown.content.ShowSection("AWAY");
    }
  }
  shown.content.ShowSection(ended ? "ENDED" : "ASK");
  render(shown, to);
}

} // namespace rental
