#include "examples/rental/upkeep.hpp"

#include "examples/rental/listings.hpp"

#include <caf/event_based_actor.hpp>
#include <pqxx/pqxx>

#include <fstream>
#include <sstream>

namespace rental {

using namespace std::chrono_literals;

namespace {

const fh::statement end_sessions{"end_sessions", "DELETE FROM session WHERE expires <= now()",
                                 fh::idempotent};
const fh::statement end_tokens{
    "end_tokens", "DELETE FROM verification_token WHERE expires <= now()", fh::idempotent};

using requests = std::vector<fh::execute_message>;

caf::behavior ask_every(caf::event_based_actor* self, const fh::database_actor& db,
                        std::chrono::seconds pause, const requests& what) {
  self->send(self, caf::tick_atom_v);
  return {[=](caf::tick_atom) {
    for (fh::execute_message each : what) {
      each.how.priority = fh::priority::background; // people come first
      // Without an answer there is nothing to do here: the log says why, and it is asked again.
      self->request(db, caf::infinite, std::move(each))
          .then([](const fh::result_set&) {}, [](const caf::error&) {});
    }
    self->delayed_send(self, pause, caf::tick_atom_v);
  }};
}

fh::actor_factory asking_every(std::chrono::seconds pause, requests what) {
  return [=](caf::actor_system& system, const fh::runtime& on) {
    return system.spawn(ask_every, on.database("primary").actor(), pause, what);
  };
}

} // namespace

std::map<std::string, fh::actor_factory, std::less<>> upkeep_actors() {
  requests searches;
  for (std::size_t by = 0; by < search::sortings.size(); ++by)
    for (const char* city :
         {"", "Amsterdam", "Athens", "Berlin", "Brussels", "Copenhagen", "Dublin", "Helsinki",
          "Lisbon", "Lyon", "Madrid", "Milan", "Oslo", "Porto", "Prague", "Vienna", "Zürich"})
      searches.push_back(listings::request({.city = city, .sorted_by = by}));
  return {{"search_warmer", asking_every(10s, searches)},
          {"expiry_sweeper",
           asking_every(1min, {{fh::bind(end_sessions), {}}, {fh::bind(end_tokens), {}}})}};
}

void migrate(const fh::database& db, const std::filesystem::path& folder) {
  std::map<std::string, std::string> files; // in the order of their names
  for (const auto& each : std::filesystem::directory_iterator{folder})
    files[each.path().stem()] = (std::ostringstream{} << std::ifstream{each.path()}.rdbuf()).str();
  // A file has many statements, which is libpqxx's trade.
  const auto body = [files](pqxx::transaction_base& tx) {
    // Until the end of the transaction, so that it holds behind a pooler too.
    tx.exec("SELECT pg_advisory_xact_lock(hashtext('rental.migration'))");
    tx.exec("CREATE TABLE IF NOT EXISTS migration (name text PRIMARY KEY)");
    for (const auto& [name, sql] : files) {
      if (tx.exec("SELECT FROM migration WHERE name = " + tx.quote(name)).empty())
        tx.exec(sql + "; INSERT INTO migration VALUES (" + tx.quote(name) + ")");
    }
  };
  db.transact(body, {.idempotent = true, .request = {.timeout = 1min}}).get();
}

} // namespace rental
