// A terminal taken over for a while, and given back as it was.
#pragma once

#include <chrono>
#include <cstddef>

#include <signal.h>
#include <termios.h>

namespace freehold::command {

/// Blocks the signals that end a program and reads them, and keys, in `pause`.
/// With `screen` it draws on the terminal's other screen, without a cursor.
class live_terminal {
public:
  explicit live_terminal(bool screen);
  live_terminal(const live_terminal&) = delete;
  live_terminal& operator=(const live_terminal&) = delete;
  ~live_terminal();

  /// Waits; false when the user wants to end.
  [[nodiscard]] bool pause(std::chrono::milliseconds time);

private:
  [[nodiscard]] bool wants_to_end(bool key, bool signalled);

  bool screen_;
  bool keys_ = false; // standard input is a terminal
  termios as_it_was_{};
  sigset_t signals_before_{};
  int signals_ = -1;
};

struct extent {
  std::size_t columns = 100;
  std::size_t rows = 0; ///< 0: not a terminal
};
[[nodiscard]] extent terminal_extent();

} // namespace freehold::command
