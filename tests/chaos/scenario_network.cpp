// What networks do to connections: one fault after the other, then all at random.

#include "tests/chaos/proxy.hpp"
#include "tests/chaos/scenarios.hpp"

namespace chaos {
namespace {

/// One fault, for some time; whether writes succeed again afterwards.
class fault_run {
public:
  fault_run(const setting& with, trial& under, proxy& network)
      : with_{with}, under_{under}, network_{network} {}

  template <class Fault>
  void operator()(std::string_view name, std::string_view remark, const Fault& fault) {
    const std::uint64_t acknowledged = under_.load().acknowledged();
    const std::uint64_t answered = under_.load().answered();
    fault(network_);
    std::this_thread::sleep_for(with_.whole ? 8s : 1'200ms); // waits for the outside: the fault
    const std::uint64_t served = under_.load().acknowledged() - acknowledged;
    const std::uint64_t told = under_.load().answered() - answered;
    network_.pass();
    const auto first = under_.next_success();
    with_.on.holds(first && *first < 10s, name, shown(first.value_or(1min)),
                   fmt::format("until the first success afterwards; {} answers and {} "
                               "acknowledged writes while {}",
                               grouped(told), grouped(served), remark));
  }

private:
  const setting& with_;
  trial& under_;
  proxy& network_;
};

fh::config through(const proxy& network, const std::string& service) {
  return chaos_config(with_port(cluster::url(), network.port()), service,
                      fh::base_profile::production, 8);
}

} // namespace

void network(const setting& with) {
  with.on.scenario("network", "Connections are cut, delayed, stalled and swallowed");
  proxy line{cluster::port(), with.seed};
  trial under{with, through(line, "network"), {.shortest = 500ms, .longest = 1'500ms}};
  fault_run run{with, under, line};
  run("reset", "all connections were reset once", [](proxy& p) { p.cut(ending::reset); });
  run("closed", "all connections were closed once", [](proxy& p) { p.cut(ending::orderly); });
  run("delayed", "each message took 40 ms each way", [](proxy& p) { p.delay(40ms, 40ms); });
  run("stalled to the server", "3 bytes of each next message arrived",
      [](proxy& p) { p.stall(heading::to_server, 3); });
  run("stalled to the client", "7 bytes of each next answer arrived",
      [](proxy& p) { p.stall(heading::to_client, 7); });
  run("black hole", "everything was accepted and nothing forwarded",
      [](proxy& p) { p.black_hole(); });
  run("refused", "all were cut and connects refused", [](proxy& p) {
    p.refuse();
    p.cut(ending::reset);
  });
  under.conclude();
}

void random_faults(const setting& with) {
  with.on.scenario("faults", fmt::format("Messages meet random faults, seed {}", with.seed));
  proxy line{cluster::port(), with.seed};
  trial under{with, through(line, "faults"), {.shortest = 500ms, .longest = 1'500ms}};
  line.random_faults({.reset = 0.001,
                      .orderly = 0.001,
                      .truncate = 0.002,
                      .stall = 0.0005,
                      .delay = 0.02,
                      .longest_delay = 50ms});
  std::this_thread::sleep_for(with.whole ? 60s : 4s); // waits for the outside: the faults
  line.pass();
  const proxy_counts seen = line.counts();
  const std::uint64_t all =
      seen.resets + seen.orderly + seen.truncated + seen.stalled + seen.delayed;
  with.on.holds(all > 20, "faults", grouped(all),
                fmt::format("{} delayed, {} truncated, {} stalled, {} reset, {} closed",
                            grouped(seen.delayed), seen.truncated, seen.stalled, seen.resets,
                            seen.orderly));
  under.conclude();
}

} // namespace chaos
