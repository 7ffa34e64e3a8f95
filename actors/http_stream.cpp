#include "actors/http_stream.hpp"

#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <utility>

namespace freehold {

using std::chrono::milliseconds;

namespace {

// Of a request, and of its answer, which may be long and its way slow.
constexpr milliseconds patience_to_read{2'000};
constexpr milliseconds patience_to_write{5'000};
constexpr milliseconds patience_in_a_crowd{250};
constexpr milliseconds crowd_check{50}; // whether it has become crowded
constexpr std::size_t most_unread = 64 * 1024;

} // namespace

http_stream::~http_stream() {
  close(socket_);
}

bool http_stream::wait(short what) const {
  for (;;) {
    if (pressure_.stopping)
      return false;
    const milliseconds usual = answering_ ? patience_to_write : patience_to_read;
    const milliseconds patience = pressure_.crowded ? patience_in_a_crowd : usual;
    const auto left = std::chrono::duration_cast<milliseconds>(begun_ + patience - clock::now());
    pollfd one{socket_, what, 0};
    const auto time = std::clamp(left, milliseconds{0}, crowd_check);
    const int ready = poll(&one, 1, static_cast<int>(time.count()));
    if (ready > 0)
      return true; // or it is closed, which reading and writing tell
    if ((ready < 0 && errno != EINTR) || left.count() <= 0)
      return false;
  }
}

bool http_stream::is_readable() const {
  return next_ < end_ || wait(POLLIN);
}

bool http_stream::is_writable() const {
  return wait(POLLOUT);
}

ssize_t http_stream::read(char* to, std::size_t size) {
  if (next_ == end_) {
    // Also without waiting for anything: a client that sends without end has its time too.
    if (clock::now() - begun_ > patience_to_read || !wait(POLLIN))
      return -1;
    const ssize_t got = recv(socket_, buffer_.data(), buffer_.size(), 0);
    if (got <= 0)
      return got;
    next_ = 0;
    end_ = static_cast<std::size_t>(got);
  }
  const std::size_t taken = std::min(size, end_ - next_);
  std::memcpy(to, buffer_.data() + next_, taken);
  next_ += taken;
  return static_cast<ssize_t>(taken);
}

ssize_t http_stream::write(const char* from, std::size_t size) {
  if (!std::exchange(answering_, true))
    begun_ = clock::now();
  if (!wait(POLLOUT))
    return -1;
  return send(socket_, from, size, MSG_NOSIGNAL | MSG_DONTWAIT);
}

// A socket that is closed with something unread resets the connection, and the answer with it.
void http_stream::finish() {
  shutdown(socket_, SHUT_WR);
  for (std::size_t unread = 0; unread < most_unread;) {
    const ssize_t got = recv(socket_, buffer_.data(), buffer_.size(), MSG_DONTWAIT);
    if (got <= 0)
      return;
    unread += static_cast<std::size_t>(got);
  }
}

} // namespace freehold
