#include "actors/command/terminal.hpp"

#include <cerrno>
#include <string_view>
#include <system_error>

#include <poll.h>
#include <sys/ioctl.h>
#include <sys/signalfd.h>
#include <unistd.h>

namespace freehold::command {
namespace {

void show(std::string_view text) {
  while (!text.empty()) {
    const ssize_t written = write(STDOUT_FILENO, text.data(), text.size());
    if (written < 0 && errno != EINTR)
      return; // the terminal has gone, and the user with it
    if (written > 0)
      text.remove_prefix(static_cast<std::size_t>(written));
  }
}

} // namespace

live_terminal::live_terminal(bool screen) : screen_{screen} {
  sigset_t ends;
  sigemptyset(&ends);
  for (const int each : {SIGINT, SIGTERM, SIGHUP, SIGWINCH})
    sigaddset(&ends, each);
  pthread_sigmask(SIG_BLOCK, &ends, &signals_before_);
  signals_ = signalfd(-1, &ends, SFD_CLOEXEC | SFD_NONBLOCK);
  if (signals_ < 0)
    throw std::system_error{errno, std::generic_category(), "signalfd"};
  keys_ = screen_ && tcgetattr(STDIN_FILENO, &as_it_was_) == 0;
  if (keys_) {
    termios raw = as_it_was_;
    raw.c_lflag &= ~static_cast<tcflag_t>(ICANON | ECHO);
    tcsetattr(STDIN_FILENO, TCSANOW, &raw);
  }
  if (screen_)
    show("\x1b[?1049h\x1b[?25l");
}

live_terminal::~live_terminal() {
  if (screen_)
    show("\x1b[?25h\x1b[?1049l");
  if (keys_)
    tcsetattr(STDIN_FILENO, TCSANOW, &as_it_was_);
  close(signals_);
  pthread_sigmask(SIG_SETMASK, &signals_before_, nullptr);
}

bool live_terminal::wants_to_end(bool key, bool signalled) {
  if (signalled) {
    signalfd_siginfo what{};
    while (read(signals_, &what, sizeof what) == sizeof what)
      if (what.ssi_signo != SIGWINCH)
        return true;
  }
  char pressed = 0;
  if (key && read(STDIN_FILENO, &pressed, 1) != 1)
    keys_ = false; // nobody presses any more
  return pressed == 'q' || pressed == 'Q';
}

bool live_terminal::pause(std::chrono::milliseconds time) {
  using std::chrono::steady_clock;
  const auto until = steady_clock::now() + time;
  for (;;) {
    const auto left = std::chrono::ceil<std::chrono::milliseconds>(until - steady_clock::now());
    if (left.count() <= 0)
      return true;
    pollfd waited[]{{signals_, POLLIN, 0}, {keys_ ? STDIN_FILENO : -1, POLLIN, 0}};
    if (poll(waited, 2, static_cast<int>(left.count())) > 0 &&
        wants_to_end(waited[1].revents != 0, waited[0].revents != 0))
      return false;
  }
}

extent terminal_extent() {
  winsize size{};
  if (ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) != 0 || size.ws_col == 0)
    return {};
  return {size.ws_col, size.ws_row};
}

} // namespace freehold::command
