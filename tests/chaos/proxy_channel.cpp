#include "tests/chaos/proxy_channel.hpp"

#include <cerrno>

#include <sys/socket.h>
#include <unistd.h>

namespace chaos {
namespace {

void close_with(int socket, ending how) {
  if (how == ending::reset) {
    const linger abrupt{1, 0};
    setsockopt(socket, SOL_SOCKET, SO_LINGER, &abrupt, sizeof abrupt);
  }
  close(socket);
}

} // namespace

channel::channel(int client, int server, std::uint64_t seed) : client_{client}, server_{server} {
  to_server_.dice.seed(static_cast<std::minstd_rand::result_type>(seed * 2 + 1));
  to_client_.dice.seed(static_cast<std::minstd_rand::result_type>(seed * 2 + 2));
}

channel::~channel() {
  end(ending::orderly);
}

void channel::end(ending how) {
  if (ended())
    return;
  close_with(client_, how);
  close_with(server_, how);
  client_ = -1;
  server_ = -1;
}

void channel::set_delay(heading which, std::chrono::milliseconds time) {
  (which == heading::to_server ? to_server_ : to_client_).delay = time;
}

void channel::allow(heading which, std::size_t bytes) {
  (which == heading::to_server ? to_server_ : to_client_).allowed = bytes;
}

void channel::allow_all() {
  to_server_.allowed.reset();
  to_client_.allowed.reset();
}

bool channel::reads(const flow& way) const {
  return connected_ && !way.finished && !way.reset_after && way.size < most_held;
}

bool channel::due(const flow& way) const {
  return connected_ && way.allowed != 0 && !way.held.empty() &&
         way.held.front().due <= clock::now();
}

void channel::add_to(std::vector<pollfd>& waiting, clock::time_point& wake) const {
  pollfd client{client_, 0, 0};
  pollfd server{server_, 0, 0};
  if (!connected_)
    server.events = POLLOUT;
  for (const auto& [way, from, to] :
       {std::tuple{&to_server_, &client, &server}, std::tuple{&to_client_, &server, &client}}) {
    if (reads(*way))
      from->events = short(from->events | POLLIN);
    if (due(*way))
      to->events = short(to->events | POLLOUT);
    else if (connected_ && way->allowed != 0 && !way->held.empty())
      wake = std::min(wake, way->held.front().due);
  }
  // Without anything to wait for, poll would still report a hang-up, over and over.
  if (client.events == 0)
    client.fd = -1;
  if (server.events == 0)
    server.fd = -1;
  waiting.push_back(client);
  waiting.push_back(server);
}

void channel::work(short of_client, short of_server, proxy_counts& counts) {
  if (!connected_ && of_server != 0) {
    int problem = 0;
    socklen_t size = sizeof problem;
    getsockopt(server_, SOL_SOCKET, SO_ERROR, &problem, &size);
    if (problem != 0) {
      ++counts.unreachable;
      return end(ending::reset);
    }
    connected_ = true;
    return;
  }
  if ((of_client & ~POLLOUT) != 0)
    read_from(client_, to_server_, counts);
  if (!ended() && (of_server & ~POLLOUT) != 0)
    read_from(server_, to_client_, counts);
  if (!ended() && due(to_server_))
    write_to(server_, to_server_);
  if (!ended() && due(to_client_))
    write_to(client_, to_client_);
  if (!ended())
    finish_if_done(counts);
}

void channel::read_from(int socket, flow& way, proxy_counts& counts) {
  if (!reads(way))
    return;
  std::array<char, 65'536> buffer;
  const ssize_t got = recv(socket, buffer.data(), buffer.size(), MSG_DONTWAIT);
  if (got > 0)
    take(way, {buffer.data(), std::size_t(got)}, counts);
  else if (got == 0)
    way.finished = true;
  else if (errno != EAGAIN && errno != EINTR)
    end(ending::reset); // what one side did is done to the other
}

void channel::take(flow& way, std::string bytes, proxy_counts& counts) {
  auto due = clock::now() + way.delay;
  if (chances_) {
    const double drawn = std::uniform_real_distribution<double>{}(way.dice);
    const double share = std::uniform_real_distribution<double>{}(way.dice);
    double limit = 0;
    const auto falls = [&](double chance) { return drawn < (limit += chance); };
    if (falls(chances_->reset)) {
      ++counts.resets;
      return end(ending::reset);
    }
    if (falls(chances_->orderly)) {
      ++counts.orderly;
      return end(ending::orderly);
    }
    if (falls(chances_->truncate)) {
      ++counts.truncated;
      bytes.resize(bytes.size() / 2);
      way.reset_after = true;
    } else if (falls(chances_->stall)) {
      ++counts.stalled;
      way.allowed = way.size + bytes.size() / 2;
    } else if (falls(chances_->delay)) {
      ++counts.delayed;
      due += std::chrono::duration_cast<clock::duration>(share * chances_->longest_delay);
    }
  }
  way.size += bytes.size();
  way.held.push_back({due, std::move(bytes)});
}

void channel::write_to(int socket, flow& way) {
  std::string& bytes = way.held.front().bytes;
  const std::size_t most = std::min(bytes.size(), way.allowed.value_or(bytes.size()));
  const ssize_t sent = send(socket, bytes.data(), most, MSG_DONTWAIT | MSG_NOSIGNAL);
  if (sent < 0) {
    if (errno != EAGAIN && errno != EINTR)
      end(ending::reset);
    return;
  }
  if (way.allowed)
    *way.allowed -= std::size_t(sent);
  way.size -= std::size_t(sent);
  bytes.erase(0, std::size_t(sent));
  if (bytes.empty())
    way.held.pop_front();
}

void channel::finish_if_done(proxy_counts& counts) {
  for (const flow* way : {&to_server_, &to_client_}) {
    if (!way->held.empty())
      continue;
    if (way->reset_after) {
      ++counts.resets;
      return end(ending::reset);
    }
    // A goodbye is a message like others: in a black hole nobody hears it.
    if (way->finished && way->allowed != 0)
      return end(ending::orderly);
  }
}

} // namespace chaos
