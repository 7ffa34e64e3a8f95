#include <freehold/freehold.hpp>

#include <httplib.h>

#include <sstream>

namespace fh = freehold;
using namespace std::chrono_literals;

struct home {
  int id;
  std::string title;
  std::string city;
  int rent;
};

const fh::statement search{"search",
                           "SELECT home.*, count(enquiry.id) "
                           "FROM home LEFT JOIN enquiry ON home_id = home.id "
                           "WHERE city = $1 GROUP BY home.id ORDER BY rent",
                           fh::read_only};

std::string page(const fh::result_set& found) {
  std::ostringstream text;
  for (const auto& [each, enquiries] : found.as<home, std::int64_t>())
    text << each.title << ", " << each.rent << " euros, " << enquiries << " enquiries\n";
  if (found.origin() != fh::result_origin::fresh)
    text << '(' << to_string(found.origin()) << ", from " << found.age().count() << " ms ago)\n";
  return text.str();
}

// When there is nothing to show. People would see the first line only.
void apologise(const fh::failure& why, httplib::Response& to) {
  to.status = 503;
  to.set_header("Retry-After", "1");
  to.set_content("Please come back in a moment.\n" + to_string(why.why()) + '\n', "text/plain");
}

int main(int, char** argv) {
  const fh::runtime runtime{fh::load_config("freehold.toml")};
  const fh::database db = runtime.database("primary");
  const fh::request_options or_last_good{.timeout = 1s,
                                         .fallbacks = {fh::fallback::last_good(10min)}};

  httplib::Server server;
  server.Get("/homes", [&](const httplib::Request& asked, httplib::Response& to) {
    try {
      const auto bound = fh::bind(search, asked.get_param_value("city"));
      to.set_content(page(db.execute(bound, or_last_good).get()), "text/plain");
    } catch (const fh::failure& why) {
      apologise(why, to);
    }
  });
  server.listen("127.0.0.1", std::stoi(argv[1]));
}
