#include "tests/chaos/proxy.hpp"

#include "tests/chaos/proxy_loop.hpp"

#include <algorithm>

namespace chaos {

proxy::proxy(int target_port, std::uint64_t seed)
    : loop_{std::make_unique<proxy_loop>(target_port, seed)}, port_{loop_->port()}, thread_{[this] {
        loop_->run();
      }} {}

proxy::~proxy() {
  run([](proxy_loop& loop) { loop.stopping = true; });
  thread_.join();
}

void proxy::run(const std::function<void(proxy_loop&)>& what) const {
  loop_->command([&] { what(*loop_); });
}

void proxy::pass() {
  run([](proxy_loop& loop) {
    loop.delay_to_server = loop.delay_to_client = std::chrono::milliseconds{0};
    loop.faults.reset();
    loop.black = false;
    for (const auto& each : loop.channels) {
      loop.configure(*each);
      each->set_chances({});
      each->allow_all();
    }
    loop.listen_again();
  });
}

void proxy::refuse() {
  run([](proxy_loop& loop) { loop.stop_listening(); });
}

void proxy::cut(ending how) {
  run([how](proxy_loop& loop) {
    for (const auto& each : loop.channels)
      each->end(how);
    (how == ending::reset ? loop.counts.resets : loop.counts.orderly) += loop.channels.size();
    loop.channels.clear();
  });
}

void proxy::delay(std::chrono::milliseconds to_server, std::chrono::milliseconds to_client) {
  run([=](proxy_loop& loop) {
    loop.delay_to_server = to_server;
    loop.delay_to_client = to_client;
    for (const auto& each : loop.channels)
      loop.configure(*each);
  });
}

void proxy::stall(heading which, std::size_t bytes) {
  run([=](proxy_loop& loop) {
    for (const auto& each : loop.channels)
      each->allow(which, bytes);
    loop.counts.stalled += loop.channels.size();
  });
}

void proxy::black_hole() {
  run([](proxy_loop& loop) {
    loop.black = true;
    for (const auto& each : loop.channels)
      loop.configure(*each);
  });
}

void proxy::random_faults(const chances& how) {
  run([&how](proxy_loop& loop) {
    loop.faults = how;
    for (const auto& each : loop.channels)
      loop.configure(*each);
  });
}

void proxy::target(int port) {
  run([port](proxy_loop& loop) { loop.target = port; });
}

proxy_counts proxy::counts() const {
  proxy_counts found;
  run([&found](proxy_loop& loop) { found = loop.counts; });
  return found;
}

std::size_t proxy::accepted_since(clock::time_point since) const {
  std::size_t found = 0;
  run([&](proxy_loop& loop) {
    found = std::size_t(std::count_if(loop.accepted.begin(), loop.accepted.end(),
                                      [since](clock::time_point at) { return at >= since; }));
  });
  return found;
}

std::size_t proxy::most_in_a_second(clock::time_point since) const {
  std::size_t most = 0;
  run([&](proxy_loop& loop) {
    const auto& all = loop.accepted;
    auto first = std::lower_bound(all.begin(), all.end(), since);
    for (auto last = first; last != all.end(); ++last) {
      while (*last - *first >= std::chrono::seconds{1})
        ++first;
      most = std::max(most, std::size_t(last - first) + 1);
    }
  });
  return most;
}

} // namespace chaos
