// Backends end one by one, and there is no room for new ones.

#include "tests/chaos/scenarios.hpp"

#include <csignal>

namespace chaos {
namespace {

/// Ends or cancels what one random backend of the service does; false when there is none.
bool hit_one(observer& admin, const std::string& service, bool cancel) {
  return admin.count(fmt::format("SELECT count({}(pid)) FROM (SELECT pid FROM pg_stat_activity "
                                 "WHERE application_name LIKE $1 || '/%' ORDER BY random() "
                                 "LIMIT 1) AS one",
                                 cancel ? "pg_cancel_backend" : "pg_terminate_backend"),
                     {service}) > 0;
}

bool alive(observer& session) {
  try {
    session.run("SELECT 1");
    return true;
  } catch (const std::runtime_error&) {
    return false;
  }
}

// The server cannot trust its memory after that: it ends all sessions and recovers.
void kill_one_brutally(const std::string& service) {
  observer admin{cluster::admin_url()};
  const std::int64_t pid = admin.count(
      "SELECT pid FROM pg_stat_activity WHERE application_name LIKE $1 || '/%' LIMIT 1", {service});
  if (::kill(pid_t(pid), SIGKILL) != 0)
    throw std::runtime_error{"cannot kill a backend"};
  if (!eventually([&] { return !alive(admin); }) ||
      !eventually([] { return accepts(cluster::url()); }))
    throw std::runtime_error{"the server does not recover from a killed backend"};
}

/// Takes every connection slot that an ordinary role can have.
std::vector<observer> take_all_slots() {
  std::vector<observer> taken;
  try {
    for (;;)
      taken.emplace_back(cluster::url());
  } catch (const std::runtime_error&) { // that was the last one
    return taken;
  }
}

std::uint64_t failures_like(const written& told, const std::string& part) {
  std::uint64_t sum = 0;
  for (const auto& [name, times] : told.failures) {
    if (name.find(part) != std::string::npos)
      sum += times;
  }
  return sum;
}

} // namespace

void kills(const setting& with) {
  with.on.scenario("kills", "Backends are ended and cancelled at random, one of them with SIGKILL");
  trial under{with, chaos_config(cluster::url(), "kills", fh::base_profile::production, 8), {}};
  std::uint64_t hit = 0;
  for (int halves = 0; halves < 2; ++halves) {
    observer admin{cluster::admin_url()};
    const auto until = clock::now() + (with.whole ? 30s : 2s);
    for (int i = 0; clock::now() < until; ++i) {
      hit += hit_one(admin, "chaos-kills", i % 3 == 2) ? 1 : 0;
      std::this_thread::sleep_for(50ms); // waits for the outside: twenty a second
    }
    if (halves == 0)
      kill_one_brutally("chaos-kills");
  }
  const auto first = under.next_success();
  with.on.holds(hit > 20 && first && *first < 10s, "backends hit", grouped(hit),
                fmt::format("and one killed, which restarts the server; {} until a success then",
                            shown(first.value_or(1min))));
  under.conclude();
}

void slots(const setting& with) {
  with.on.scenario("slots", "Others take all of the server's connections");
  trial under{with, chaos_config(cluster::url(), "slots", fh::base_profile::production, 8), {}};
  std::vector<observer> others = take_all_slots();
  // Ours are ended, and whoever is quicker gets their places.
  auto admin = std::make_unique<observer>(cluster::admin_url()); // a slot that it keeps
  for (int i = 0; i < 5; ++i) {
    static_cast<void>(admin->count("SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity "
                                   "WHERE application_name LIKE 'chaos-slots/%'"));
    for (observer& each : take_all_slots())
      others.push_back(std::move(each));
  }
  const std::uint64_t left = usable(under.db());
  std::this_thread::sleep_for(with.whole ? 20s : 2'500ms); // waits for the outside: no room
  const std::string said = under.db().snapshot().last_connect_error;
  const std::size_t taken = others.size();
  others.clear();
  admin.reset();
  const auto first = under.next_success();
  with.on.holds(said.find("53300") != std::string::npos || left > 0, "slots taken by others",
                grouped(taken), fmt::format("{} were left to us; {}", left, said));
  with.on.holds(first && *first < 10s, "first success", shown(first.value_or(1min)),
                "after there is room again");
  // After a refusal the pool keeps to what it has, and tries one more every 10 s.
  under.conclude(cluster::url(), left + 1);
  with.on.shows("told of it", grouped(failures_like(under.told(), "too_many_connections")),
                "requests were refused with too_many_connections");
}

} // namespace chaos
