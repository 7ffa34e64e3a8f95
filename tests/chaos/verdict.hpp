// What the writers were told, held against what the server has.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

namespace chaos {

/// What a writer knows of one write from its answer alone.
enum class known : std::uint8_t {
  acknowledged, ///< it succeeded
  refused,      ///< it failed and certainly has no effect
  unknown,      ///< it failed and may have taken effect
};

struct answer {
  std::int64_t id;
  known what;
};

struct evidence {
  std::vector<answer> answers;      ///< one for each write, in any order
  std::vector<std::int64_t> stored; ///< ids of the server's rows, in any order
};

struct verdict {
  std::uint64_t acknowledged = 0;
  std::uint64_t refused = 0;
  std::uint64_t unknown = 0;
  std::uint64_t unknown_stored = 0; ///< of the unknown ones
  // None of these may be.
  std::uint64_t lost = 0;      ///< acknowledged, and not there
  std::uint64_t doubled = 0;   ///< there more than once, whatever the answer
  std::uint64_t undead = 0;    ///< refused, and there
  std::uint64_t strangers = 0; ///< there, and nobody wrote it

  [[nodiscard]] bool sound() const noexcept { return lost + doubled + undead + strangers == 0; }
  verdict& operator+=(const verdict& other) noexcept;
};

[[nodiscard]] verdict judge(evidence what);

} // namespace chaos
