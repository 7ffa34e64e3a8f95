// Nobody waits for a long query any more.

#include "tests/chaos/scenarios.hpp"

namespace chaos {
namespace {

std::int64_t sleepers(observer& admin) {
  return admin.count("SELECT count(*) FROM pg_stat_activity WHERE state = 'active' AND "
                     "application_name LIKE 'chaos-abandoned/%' AND query LIKE '%pg_sleep(60)%'");
  static_cast<void>(eventually([&] { return sleepers(admin) == 0; }));
}

/// From the moment in which `drop` is called until the server is at work no more.
template <class Drop>
void time_it(const setting& with, observer& admin, std::string_view label, const Drop& drop) {
  if (!eventually([&] { return sleepers(admin) == 1; }))
    throw std::runtime_error{"the query does not run"};
  drop();
  const auto dropped = clock::now();
  const bool gone = eventually([&] { return sleepers(admin) == 0; }, 5s);
  const auto took = clock::now() - dropped;
  with.on.holds(gone && took < 1s, label, gone ? shown(took) : "never",
                "until a query of 60 s was gone from the server, its future dropped");
  // Where it is not, the next measurement has to begin without it all the same.
  admin.run("SELECT pg_cancel_backend(pid) FROM pg_stat_activity WHERE state = 'active' AND "
            "application_name LIKE 'chaos-abandoned/%'");
  static_cast<void>(eventually([&] { return sleepers(admin) == 0; }));
}

} // namespace

void abandoned(const setting& with) {
  with.on.scenario("abandoned", "A query of 60 s whose future is dropped");
  observer admin{cluster::admin_url()};
  const fh::runtime on{chaos_config(cluster::url(), "abandoned", fh::base_profile::production, 2),
                       chaos_embedding()};
  const fh::database db = on.database("primary");
  const fh::statement sleep{"sleep", "SELECT pg_sleep(60)", fh::read_only, 70s};
  {
    auto answer = std::make_unique<fh::future<fh::result_set>>(db.execute(sleep));
    time_it(with, admin, "a statement", [&] { answer.reset(); });
  }
  auto answer = std::make_unique<fh::future<void>>(
      db.transact([sleep](fh::transaction& tx) { static_cast<void>(tx.execute(sleep)); },
                  {.request = {.timeout = 70s}}));
  time_it(with, admin, "a transaction function", [&] { answer.reset(); });
}

} // namespace chaos
