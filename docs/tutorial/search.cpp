#include <freehold/freehold.hpp>

#include <httplib.h>

#include <sstream>

namespace fh = freehold;

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
  return text.str();
}

int main(int, char** argv) {
  const fh::runtime runtime{fh::load_config("freehold.toml")};
  const fh::database db = runtime.database("primary");

  httplib::Server server;
  server.Get("/homes", [&](const httplib::Request& asked, httplib::Response& to) {
    const fh::result_set found = db.execute(search, asked.get_param_value("city")).get();
    to.set_content(page(found), "text/plain");
  });
  server.listen("127.0.0.1", std::stoi(argv[1]));
}
