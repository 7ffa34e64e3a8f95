// What the program writes to, and in which colours.
#pragma once

#include <freehold/config.hpp>

#include <cstdint>
#include <iosfwd>
#include <string>
#include <string_view>

namespace freehold::command {

/// The status of the process.
namespace exit_status {
constexpr int sound = 0;
constexpr int problem = 1;
constexpr int usage = 2;
} // namespace exit_status

enum class colors : std::uint8_t { automatic, always, never };

/// Colours only where a person looks: https://no-color.org
[[nodiscard]] bool wants_color(colors choice, bool terminal, const environment& env);

enum class ink : std::uint8_t { plain, bold, dim, green, cyan, yellow, red };

class palette {
public:
  explicit palette(bool on) noexcept : on_{on} {}
  [[nodiscard]] std::string operator()(ink how, std::string_view text) const;

private:
  bool on_;
};

/// Where a command speaks to, and how it was asked to.
struct console {
  std::ostream& out;
  std::ostream& err;
  environment env;
  bool terminal = false; ///< `out` is one
};

/// `text` in lines of at most `width` columns, broken at spaces, each indented.
[[nodiscard]] std::string wrapped(std::string_view text, std::size_t indent,
                                  std::size_t width = 88);

/// Nothing of it can steer a terminal: a server's or a file's text is shown as text.
[[nodiscard]] std::string harmless(std::string_view text);

} // namespace freehold::command
