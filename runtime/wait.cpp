#include "runtime/wait.hpp"

#include <poll.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <system_error>

namespace freehold {

wake_reason wait_for_socket(int socket, bool read, bool write, int wake,
                            std::chrono::steady_clock::time_point deadline) {
  std::array<pollfd, 2> fds{{{socket, 0, 0}, {wake, POLLIN, 0}}};
  if (read)
    fds[0].events |= POLLIN;
  if (write)
    fds[0].events |= POLLOUT;
  for (;;) {
    const auto left =
        std::chrono::ceil<std::chrono::milliseconds>(deadline - std::chrono::steady_clock::now());
    const auto capped = std::clamp<std::chrono::milliseconds::rep>(left.count(), 0, 3'600'000);
    const int ready = poll(fds.data(), fds.size(), static_cast<int>(capped));
    if (ready < 0 && errno != EINTR) {
      throw std::system_error{errno, std::generic_category(), "poll"};
    }
    if (ready > 0)
      return fds[0].revents != 0 ? wake_reason::ready : wake_reason::woken;
    if (ready == 0 && std::chrono::steady_clock::now() >= deadline)
      return wake_reason::timed_out;
  }
}

} // namespace freehold
