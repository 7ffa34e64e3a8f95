#include "runtime/interrupter.hpp"

#include <sys/eventfd.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>
#include <cstdint>
#include <system_error>

namespace freehold {

interrupter::interrupter() : wake_{eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)} {
  if (wake_ < 0)
    throw std::system_error{errno, std::generic_category(), "eventfd"};
}

interrupter::~interrupter() {
  close(wake_);
}

void interrupter::wake() noexcept {
  const std::uint64_t one = 1;
  // Fails only when the counter is full, and then it is readable already.
  [[maybe_unused]] const ssize_t written = write(wake_, &one, sizeof one);
}

void interrupter::sever() noexcept {
  {
    const std::lock_guard lock{mutex_};
    severed_.store(true, std::memory_order_release);
    if (socket_ >= 0)
      shutdown(socket_, SHUT_RDWR);
  }
  wake();
}

void interrupter::clear() noexcept {
  std::uint64_t count = 0;
  [[maybe_unused]] const ssize_t taken = read(wake_, &count, sizeof count);
}

void interrupter::guard(int socket) noexcept {
  const std::lock_guard lock{mutex_};
  socket_ = socket;
  if (socket_ >= 0 && severed())
    shutdown(socket_, SHUT_RDWR);
}

} // namespace freehold
