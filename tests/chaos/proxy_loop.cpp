#include "tests/chaos/proxy_loop.hpp"

#include <algorithm>
#include <cerrno>
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

proxy_loop::proxy_loop(int to, std::uint64_t seed)
    : target{to}, seed_{seed}, wake_{checked(eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK), "eventfd")},
      listener_{bound_socket(0)} {
  listen_again();
}

proxy_loop::~proxy_loop() {
  channels.clear();
  close(listener_);
  close(wake_);
}

int proxy_loop::port() const {
  sockaddr_in address{};
  socklen_t size = sizeof address;
  checked(getsockname(listener_, reinterpret_cast<sockaddr*>(&address), &size), "getsockname");
  return ntohs(address.sin_port);
}

void proxy_loop::run() {
  while (!stopping)
    turn();
}

void proxy_loop::command(std::function<void()> what) {
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

void proxy_loop::stop_listening() {
  const int at = port();
  close(listener_);
  listener_ = bound_socket(at);
  listening_ = false;
}

void proxy_loop::listen_again() {
  if (!std::exchange(listening_, true))
    checked(listen(listener_, 128), "listen");
}

void proxy_loop::configure(channel& each) const {
  each.set_delay(heading::to_server, delay_to_server);
  each.set_delay(heading::to_client, delay_to_client);
  if (black) {
    each.allow(heading::to_server, 0);
    each.allow(heading::to_client, 0);
  }
  if (faults)
    each.set_chances(*faults);
}

void proxy_loop::turn() {
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

void proxy_loop::obey() {
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

void proxy_loop::accept_all() {
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

} // namespace chaos
