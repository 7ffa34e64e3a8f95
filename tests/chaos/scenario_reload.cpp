// Another configuration again and again, while requests go on.

#include "tests/chaos/observer.hpp"
#include "tests/chaos/requesters.hpp"
#include "tests/chaos/scenarios.hpp"

#include <array>
#include <thread>

namespace chaos {
namespace {

const std::string service = "reload";
constexpr int reloads_in_all = 100;

/// Two servers with the same roles: the second began as a copy of the first.
class two_servers {
public:
  explicit two_servers(const setting& with) {
    admins_.emplace_back(cluster::admin_url());
    admins_.front().run("SET client_min_messages = warning; DROP ROLE IF EXISTS reloaded");
    admins_.front().run("CREATE ROLE reloaded LOGIN");
    with.servers.act("standby create");
    with.servers.act("standby promote");
    ports_ = {cluster::port(), cluster::standby_port()};
    admins_.emplace_back(with_port(cluster::admin_url(), ports_[1]));
    if (!eventually([&] { return admins_[1].ask("SELECT pg_is_in_recovery()") == "f"; }))
      throw std::runtime_error{"the second server is not promoted"};
  }
  void rotate(const std::string& password) {
    for (observer& admin : admins_)
      admin.run("ALTER ROLE reloaded PASSWORD '" + password + "'");
  }
  [[nodiscard]] fh::connection_target target(std::size_t which, const std::string& password) const {
    fh::connection_target made =
        fh::config_from_url(with_port(cluster::url(), ports_.at(which))).databases.front().target;
    made.parameters["user"] = "reloaded";
    made.password = fh::secret{password};
    return made;
  }
  [[nodiscard]] int port(std::size_t which) const { return ports_.at(which); }
  [[nodiscard]] std::int64_t sessions() {
    std::int64_t all = 0;
    for (observer& admin : admins_)
      all += admin.count("SELECT count(*) FROM pg_stat_activity WHERE usename = 'reloaded'");
    return all;
  }

private:
  std::vector<observer> admins_;
  std::array<int, 2> ports_{};
};

/// Changes something else each time.
class changes {
public:
  changes(two_servers& servers, fh::config& what) : servers_{servers}, what_{what} { rotate(0); }

  void make(int number) {
    fh::database_options& db = what_.databases.front();
    switch (number % 5) {
    case 0:
      db.pool.max_connections = db.pool.max_connections == 8 ? 5 : 8;
      return;
    case 1:
      db.statements.timeout += 1ms;
      db.pool.acquire_timeout += 1ms;
      return;
    case 2:
      return rotate(number);
    case 3:
      db.breaker.window += 1ms;
      db.retry.budget = db.retry.budget > 0.15 ? 0.1 : 0.2;
      return;
    default:
      on_ = 1 - on_;
      db.target = servers_.target(on_, password_);
    }
  }
  /// Where sessions lead now.
  [[nodiscard]] int port() const { return servers_.port(on_); }

private:
  void rotate(int number) {
    password_ = "password-" + std::to_string(number);
    servers_.rotate(password_);
    what_.databases.front().target = servers_.target(on_, password_);
  }

  two_servers& servers_;
  fh::config& what_;
  std::size_t on_ = 0;
  std::string password_;
};

void show_p99(const setting& with, std::vector<clock::duration> quiet,
              std::vector<clock::duration> reloaded) {
  const auto before = percentile(std::move(quiet), 0.99);
  const auto after = percentile(std::move(reloaded), 0.99);
  with.on.shows("p99", shown(after),
                fmt::format("{} without reloads, {:.2f} x", shown(before),
                            std::chrono::duration<double>(after) / before));
}

} // namespace

void reloads(const setting& with) {
  with.on.scenario("reload", "The configuration changes 100 times: sizes, limits, passwords, and "
                             "from one server to another");
  two_servers servers{with};
  fh::config made = chaos_config(cluster::url(), service, fh::base_profile::production, 8);
  changes next{servers, made};
  const auto whole = with.whole ? 60s : 8s;
  std::uint64_t applied = 0;
  std::uint64_t moves = 0;
  {
    fh::runtime on{made, chaos_embedding()};
    requesters quiet{on.database("primary"), 64};
    std::this_thread::sleep_for(whole); // waits for the outside: the run to compare with
    const requests_told without = quiet.finish();
    requesters busy{on.database("primary"), 64};
    const auto begun = clock::now();
    for (int i = 0; i < reloads_in_all; ++i) {
      const auto due = begun + i * whole / reloads_in_all;
      std::this_thread::sleep_until(due); // waits for the outside: they are spread over the run
      const int before = next.port();
      next.make(i);
      applied += on.reconfigure(made).applied ? 1 : 0;
      if (next.port() != before && eventually([&] { return busy.latest_port() == next.port(); }))
        ++moves;
    }
    const requests_told told = busy.finish();
    with.on.holds(applied == reloads_in_all, "applied", grouped(applied),
                  fmt::format("reloads in {}", shown(clock::now() - begun)));
    with.on.holds(moves == reloads_in_all / 5, "moved", grouped(moves),
                  "times to the other server, and answers came from there");
    with.on.holds(told.failed == 0 && told.wrong == 0, "failed or wrong",
                  grouped(told.failed + told.wrong),
                  fmt::format("of {} requests{}{}", grouped(told.answered),
                              told.failed == 0 ? "" : ": ", told.example));
    show_p99(with, without.took, told.took);
    with.on.holds(eventually([&] { return servers.sessions() <= 8; }), "sessions",
                  grouped(static_cast<std::uint64_t>(servers.sessions())),
                  "on both servers, of at most 8");
  }
  with.on.holds(eventually([&] { return servers.sessions() == 0; }), "sessions afterwards",
                grouped(static_cast<std::uint64_t>(servers.sessions())), "none is left");
}

} // namespace chaos
