// The primary dies and its standby takes over.

#include "tests/chaos/proxy.hpp"
#include "tests/chaos/scenarios.hpp"

namespace chaos {
namespace {

// A commit is acknowledged when the standby has it too.
void make_pair(const setting& with) {
  with.servers.act("standby create");
  observer admin{cluster::admin_url()};
  admin.run("ALTER SYSTEM SET synchronous_standby_names = '*'");
  admin.run("SELECT pg_reload_conf()");
  if (!eventually(
          [&] { return admin.ask("SELECT sync_state FROM pg_stat_replication") == "sync"; }))
    throw std::runtime_error{"the standby does not follow"};
}

/// Both servers in one address, as libpq knows it.
std::string address_of_both() {
  std::string url = cluster::url();
  const std::size_t end = url.rfind('/');
  url.insert(end, fmt::format(",127.0.0.1:{}", cluster::standby_port()));
  return url + "?target_session_attrs=read-write";
}

void fail_over(const setting& with, trial& under, proxy* address) {
  const int standby = cluster::standby_port();
  std::this_thread::sleep_for(with.whole ? 10s : 1s); // waits for the outside: some load
  const auto died = clock::now();
  with.servers.act("server kill");
  with.servers.act("standby promote");
  if (address != nullptr)
    address->target(standby);
  const auto promoted = clock::now();
  const auto first = under.next_success();
  with.on.holds(first && *first < 10s, "first success", shown(first.value_or(1min)),
                fmt::format("after the standby was promoted, {} after the primary's death",
                            shown(promoted - died)));
  if (with.whole)
    std::this_thread::sleep_for(10s); // waits for the outside: some load on the new primary
  under.conclude(with_port(cluster::url(), standby));
}

} // namespace

void failover(const setting& with) {
  with.on.scenario("failover", "The primary dies and its synchronous standby is promoted; the "
                               "address names both");
  {
    make_pair(with);
    trial under{
        with, chaos_config(address_of_both(), "failover", fh::base_profile::production, 8), {}};
    fail_over(with, under, nullptr);
  }
  if (!with.whole)
    return;
  with.servers.restore();
  with.on.scenario("failover", "The same behind an address that moves");
  make_pair(with);
  proxy address{cluster::port(), with.seed};
  trial under{with,
              chaos_config(with_port(cluster::url(), address.port()), "failover",
                           fh::base_profile::production, 8),
              {}};
  fail_over(with, under, &address);
}

// A commit that waits for a standby can be cancelled, and then it is one that the
// primary alone knows. The server calls that a success, with a warning.
void lag(const setting& with) {
  with.on.scenario("lag",
                   "The standby is away for longer than any deadline, then the primary dies");
  make_pair(with);
  trial under{with,
              chaos_config(address_of_both(), "lag", fh::base_profile::production, 8),
              {.shortest = 300ms, .longest = 800ms}};
  with.servers.act("standby kill");
  std::this_thread::sleep_for(2s); // waits for the outside: every commit is cancelled meanwhile
  const int standby = cluster::standby_port();
  with.servers.act("server kill");
  with.servers.act("standby start");
  with.servers.act("standby promote");
  under.conclude(with_port(cluster::url(), standby));
}

} // namespace chaos
