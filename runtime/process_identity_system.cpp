// What the system says of processes and of the host.

#include "runtime/process_identity.hpp"

#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <csignal>
#include <fstream>
#include <iterator>
#include <stdexcept>

namespace freehold {

namespace {

std::string text_of(const std::string& file) {
  std::ifstream from{file};
  return {std::istreambuf_iterator<char>{from}, std::istreambuf_iterator<char>{}};
}

} // namespace

std::optional<process_status> status_of_process(std::int64_t pid) {
  errno = 0;
  // Asked first: a system may hide other users' processes from /proc.
  if (kill(static_cast<pid_t>(pid), 0) != 0 && errno == ESRCH)
    return std::nullopt;
  std::optional<process_status> read =
      parse_process_status(text_of(fmt::format("/proc/{}/stat", pid)));
  if (read)
    return read;
  if (kill(static_cast<pid_t>(pid), 0) != 0 && errno == ESRCH)
    return std::nullopt; // it ended meanwhile
  throw std::runtime_error{fmt::format("/proc/{}/stat does not tell of the process", pid)};
}

process_mark this_process() {
  const std::optional<process_status> read = parse_process_status(text_of("/proc/self/stat"));
  return {getpid(), read ? base36(read->started) : std::string{}};
}

host_traits this_host() {
  std::array<char, 256> name{};
  gethostname(name.data(), name.size() - 1);
  struct stat space {};
  const bool known = stat("/proc/self/ns/pid", &space) == 0;
  return {name.data(), text_of("/proc/sys/kernel/random/boot_id"),
          known ? std::to_string(space.st_ino) : std::string{}};
}

} // namespace freehold
