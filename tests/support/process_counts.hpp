// What a process could leak.
#pragma once

#include <cstddef>
#include <filesystem>
#include <iterator>

namespace freehold::testing {

struct process_counts {
  std::ptrdiff_t threads = 0;
  std::ptrdiff_t descriptors = 0;

  [[nodiscard]] static process_counts now() {
    return {entries("/proc/self/task"), entries("/proc/self/fd")};
  }
  friend bool operator==(const process_counts&, const process_counts&) = default;

private:
  static std::ptrdiff_t entries(const char* folder) {
    return std::distance(std::filesystem::directory_iterator{folder}, {});
  }
};

} // namespace freehold::testing
