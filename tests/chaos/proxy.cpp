#include "tests/chaos/proxy.hpp"

#include "tests/chaos/proxy_channel.hpp"

#include <algorithm>
#include <cerrno>
#include <future>
#include <system_error>
#include <utility>

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <unistd.h>

namespace chaos {
namespace {

sockaddr_in loopback(int port) {
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(std::uint16_t(port));
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  return address;
}

int checked(int result, const char* what) {
  if (result < 0)
    throw std::system_error{errno, std::generic_category(), what};
  return result;
}

int tcp_socket() {
  return checked(socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0), "socket");
}

int bound_socket(int port) {
  const int made = tcp_socket();
  const int yes = 1;
  setsockopt(made, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes);
  const sockaddr_in address = loopback(port);
  checked(bind(made, reinterpret_cast<const sockaddr*>(&address), sizeof address), "bind");
  return made;
}

void without_delay(int socket) {
  const int yes = 1;
  setsockopt(socket, IPPROTO_TCP, TCP_NODELAY, &yes, sizeof yes);
}

} // namespace

/// What the proxy's thread does. Everything but `command` and the destructor is
/// of that thread, once it runs.
class proxy_loop {
public:
  proxy_loop(int to, std::uint64_t seed)
      : target{to}, seed_{seed}, wake_{checked(eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK), "eventfd")} {
    listen_on(0);
  }
  ~proxy_loop() {
    channels.clear();
    close(listener_);
    close(wake_);
  }

  [[nodiscard]] int port() const {
    sockaddr_in address{};
    socklen_t size = sizeof address;
    checked(getsockname(listener_, reinterpret_cast<sockaddr*>(&address), &size), "getsockname");
    return ntohs(address.sin_port);
  }

  void listen_on(int port) {
    listener_ = bound_socket(port);
    checked(listen(listener_, 128), "listen");
    listening_ = true;
  }
  /// Keeps the port, so that nobody else gets it.
  void stop_listening() {
    const int at = port();
    close(listener_);
    listener_ = bound_socket(at);
    listening_ = false;
  }
  void listen_again() {
    if (!std::exchange(listening_, true))
      checked(listen(listener_, 128), "listen");
  }

  void command(std::function<void()> what) {
    std::packaged_task<void()> task{std::move(what)};
    std::future<void> done = task.get_future();
    {
      const std::lock_guard lock{mutex_};
      tasks_.push_back(std::move(task));
    }
    const std::uint64_t one = 1;
    checked(int(write(wake_, &one, sizeof one)), "eventfd");
    done.get();
  }

  void run() {
    while (!stopping)
      turn();
  }

  void configure(channel& each) const {
    each.set_delay(heading::to_server, delay_to_server);
    each.set_delay(heading::to_client, delay_to_client);
    if (black) {
      each.allow(heading::to_server, 0);
      each.allow(heading::to_client, 0);
    }
    if (faults)
      each.set_chances(*faults);
  }

  std::vector<std::unique_ptr<channel>> channels;
  std::chrono::milliseconds delay_to_server{0};
  std::chrono::milliseconds delay_to_client{0};
  std::optional<chances> faults;
  bool black = false;
  bool stopping = false;
  int target;
  proxy_counts counts;
  std::vector<clock::time_point> accepted;

private:
  void turn() {
    std::vector<pollfd> waiting{{wake_, POLLIN, 0}, {listening_ ? listener_ : -1, POLLIN, 0}};
    clock::time_point wake = clock::now() + std::chrono::minutes{1};
    for (const auto& each : channels)
      each->add_to(waiting, wake);
    const auto left = std::chrono::ceil<std::chrono::milliseconds>(wake - clock::now()).count();
    if (poll(waiting.data(), waiting.size(), int(std::max<decltype(left)>(left, 0))) < 0 &&
        errno != EINTR)
      throw std::system_error{errno, std::generic_category(), "poll"};
    for (std::size_t i = 0; i < channels.size(); ++i) {
      const pollfd* of = &waiting[2 + i * channel::sockets];
      channels[i]->work(of[0].revents, of[1].revents, counts);
    }
    std::erase_if(channels, [](const auto& each) { return each->ended(); });
    if (waiting[1].revents != 0)
      accept_all();
    if (waiting[0].revents != 0)
      obey();
    counts.open = channels.size();
  }

  void obey() {
    std::uint64_t ignored = 0;
    [[maybe_unused]] const ssize_t got = read(wake_, &ignored, sizeof ignored);
    std::vector<std::packaged_task<void()>> due;
    {
      const std::lock_guard lock{mutex_};
      due.swap(tasks_);
    }
    for (auto& each : due)
      each();
  }

  void accept_all() {
    for (;;) {
      const int client = accept4(listener_, nullptr, nullptr, SOCK_CLOEXEC | SOCK_NONBLOCK);
      if (client < 0)
        return;
      accepted.push_back(clock::now());
      ++counts.accepted;
      const int server = tcp_socket();
      without_delay(client);
      without_delay(server);
      channels.push_back(
          std::make_unique<channel>(client, server, seed_ * 1'000'003 + counts.accepted));
      const sockaddr_in address = loopback(target);
      if (connect(server, reinterpret_cast<const sockaddr*>(&address), sizeof address) < 0 &&
          errno != EINPROGRESS) {
        ++counts.unreachable;
        channels.back()->end(ending::reset);
        channels.pop_back();
        continue;
      }
      configure(*channels.back());
    }
  }

  std::uint64_t seed_;
  int wake_;
  int listener_ = -1;
  bool listening_ = false;
  std::mutex mutex_;
  std::vector<std::packaged_task<void()>> tasks_;
};

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
