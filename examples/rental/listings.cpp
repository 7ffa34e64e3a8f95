#include "examples/rental/listings.hpp"

#include <fmt/format.h>

#include <array>

namespace rental {

namespace {

constexpr const char* home_columns =
    "property.id, property.id % 6 AS tone, kind, title, city, street, rooms, area, "
    "to_char(rent, 'FM999,999') AS rent_text, to_char(available, 'FMDD Mon YYYY') AS available";

// Each way to sort has an index that gives it its first page without reading the others, in all
// cities and in one.
struct sorted_search {
  sorted_search(const std::string& name, const char* order)
      : anywhere{make(name, order, "")}, in_city{make(name + "_in_city", order, " AND city = $5")} {
  }
  static fh::statement make(const std::string& name, const char* order, const char* in_city) {
    const std::string where = std::string{"rent BETWEEN $1 AND $2 AND rooms >= $3"} + in_city;
    return {
        name,
        fmt::format("SELECT {0}, (SELECT count(*) FROM (SELECT FROM property WHERE {1} LIMIT {3})"
                    " AS counted) AS total "
                    "FROM property WHERE {1} ORDER BY {2} LIMIT {4} OFFSET $4",
                    home_columns, where, order, search::most_counted, search::homes_a_page),
        fh::read_only};
  }
  fh::statement anywhere, in_city;
};
const std::array<sorted_search, search::sortings.size()> searches{
    {{"newest_homes", "listed DESC, id DESC"},
     {"cheapest_homes", "rent, id"},
     {"largest_homes", "area DESC, id DESC"}}};

const fh::statement one_home{
    "one_home",
    fmt::format("SELECT {}, description, name AS landlord, extract(year FROM since) AS since, "
                "verified, answers_within_hours AS hours "
                "FROM property JOIN landlord ON landlord.id = landlord_id WHERE property.id = $1",
                home_columns),
    fh::read_only};
const fh::statement references_to{
    "references_to",
    "SELECT author, to_char(stayed_until, 'FMMonth YYYY') AS until, stars, text "
    "FROM trust_reference WHERE property_id = $1 ORDER BY stayed_until DESC LIMIT 10",
    fh::read_only};
// Sent twice it is there once: so it may be sent again when a connection was lost with it.
const fh::statement insert_enquiry{
    "insert_enquiry",
    "INSERT INTO enquiry (id, property_id, person_id, message) "
    "SELECT $1, id, $3, $4 FROM property WHERE id = $2 "
    "ON CONFLICT (id) DO UPDATE SET message = enquiry.message WHERE enquiry.person_id = $3",
    fh::idempotent};
const fh::statement enquiries_by{
    "enquiries_by",
    fmt::format("SELECT {}, message, to_char(sent, 'FMDD Mon YYYY') AS sent_on FROM enquiry "
                "JOIN property ON property.id = property_id "
                "WHERE person_id = $1 ORDER BY sent DESC LIMIT 50",
                home_columns),
    fh::read_only};

fh::request_options or_last_good() {
  return {.fallbacks = {fh::fallback::last_good(std::chrono::hours{1})}};
}

} // namespace

fh::execute_message listings::request(const search& what) {
  const int skipped = (what.page - 1) * search::homes_a_page;
  const auto& [anywhere, in_city] = searches.at(what.sorted_by);
  fh::bound_statement bound = fh::bind(what.city.empty() ? anywhere : in_city, what.rent_from,
                                       what.rent_to, what.rooms, skipped);
  if (!what.city.empty())
    bound.values.add(what.city);
  return {std::move(bound), or_last_good()};
}

listings::answer listings::find(const search& what) const {
  fh::execute_message asked = request(what);
  return db_.execute(std::move(asked.what), std::move(asked.how));
}

listings::answer listings::home(std::int32_t id) const {
  return db_.execute(fh::bind(one_home, id), or_last_good());
}

listings::answer listings::references_of(std::int32_t id) const {
  return db_.execute(fh::bind(references_to, id), or_last_good());
}

listings::answer listings::enquire(const fh::uuid& id, std::int32_t home, const fh::uuid& person,
                                   const std::string& message) const {
  return db_.execute(insert_enquiry, id, home, person, message);
}

listings::answer listings::enquiries_of(const fh::uuid& person) const {
  return db_.execute(enquiries_by, person);
}

} // namespace rental
