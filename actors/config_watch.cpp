#include "actors/config_watch.hpp"

#include <poll.h>
#include <sys/eventfd.h>
#include <sys/inotify.h>
#include <sys/signalfd.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <csignal>
#include <cstdint>
#include <fstream>
#include <iterator>
#include <optional>
#include <system_error>

namespace freehold {
namespace {

constexpr int quiet_ms = 50;            // an editor is done, a link has been replaced
constexpr int retry_folders_ms = 1'000; // a folder that was replaced as a whole is watched again

int checked(int result, const char* what) {
  if (result < 0)
    throw std::system_error{errno, std::generic_category(), what};
  return result;
}

sigset_t only_sighup() {
  sigset_t set;
  sigemptyset(&set);
  sigaddset(&set, SIGHUP);
  return set;
}

std::optional<std::string> text_of(const std::filesystem::path& file) {
  std::ifstream in{file, std::ios::binary};
  if (!in)
    return std::nullopt;
  std::string text{std::istreambuf_iterator<char>{in}, std::istreambuf_iterator<char>{}};
  return in.bad() ? std::nullopt : std::optional{std::move(text)};
}

// Everything there is to read; what it says does not matter.
void empty(int fd) {
  std::array<char, 4096> bytes{};
  while (read(fd, bytes.data(), bytes.size()) > 0) {
  }
}

} // namespace

void block_sighup() {
  const sigset_t set = only_sighup();
  if (const int failed = pthread_sigmask(SIG_BLOCK, &set, nullptr); failed != 0)
    throw std::system_error{failed, std::generic_category(), "pthread_sigmask"};
}

config_watch::descriptor::~descriptor() {
  if (fd_ >= 0)
    close(fd_);
}

config_watch::config_watch(what to_watch, std::function<void(std::string_view)> tell)
    : what_{std::move(to_watch)}, tell_{std::move(tell)},
      changes_{checked(inotify_init1(IN_NONBLOCK | IN_CLOEXEC), "inotify_init1")}, signals_{[this] {
        const sigset_t set = only_sighup();
        return what_.sighup ? checked(signalfd(-1, &set, SFD_NONBLOCK | SFD_CLOEXEC), "signalfd")
                            : -1;
      }()},
      end_{checked(eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC), "eventfd")} {
  watch_folders();
  seen_ = text_of(what_.file).value_or("");
  thread_ = std::thread{[this] { run(); }};
}

config_watch::~config_watch() {
  const std::uint64_t one = 1;
  // An eventfd that nobody else writes to takes it.
  static_cast<void>(!write(end_.get(), &one, sizeof one));
  thread_.join();
}

// That of the file, and that of what a link in its place leads to. Watching one again
// changes nothing; one that is not there is looked for again.
void config_watch::watch_folders() const {
  if (!what_.changes)
    return;
  constexpr std::uint32_t events = IN_CLOSE_WRITE | IN_MOVED_TO | IN_CREATE | IN_ATTRIB;
  std::error_code unreadable;
  const auto real = std::filesystem::canonical(what_.file, unreadable);
  for (const std::filesystem::path& each : {std::filesystem::absolute(what_.file), real})
    if (!each.empty())
      static_cast<void>(inotify_add_watch(changes_.get(), each.parent_path().c_str(), events));
}

// False: it is to end.
bool config_watch::await_quiet() const {
  for (;;) {
    std::array<pollfd, 2> on{{{changes_.get(), POLLIN, 0}, {end_.get(), POLLIN, 0}}};
    const int ready = poll(on.data(), on.size(), quiet_ms);
    if (ready == 0)
      return true;
    if (on[1].revents != 0)
      return false;
    empty(changes_.get());
  }
}

void config_watch::look_at_file() {
  watch_folders();
  std::optional<std::string> text = text_of(what_.file);
  if (!text || *text == seen_)
    return;
  seen_ = std::move(*text);
  tell_("file");
}

void config_watch::run() {
  for (;;) {
    std::array<pollfd, 3> on{
        {{end_.get(), POLLIN, 0}, {changes_.get(), POLLIN, 0}, {signals_.get(), POLLIN, 0}}};
    const int ready = poll(on.data(), on.size(), what_.changes ? retry_folders_ms : -1);
    if (on[0].revents != 0)
      return;
    if (on[2].revents != 0) {
      empty(signals_.get());
      tell_("signal");
    }
    if (on[1].revents != 0) {
      empty(changes_.get());
      if (!await_quiet())
        return;
      look_at_file();
    } else if (ready == 0) {
      look_at_file();
    }
  }
}

} // namespace freehold
