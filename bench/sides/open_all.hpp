// Connecting takes a while, most of it in the server: done for all at once.
#pragma once

#include <cstddef>
#include <exception>
#include <future>
#include <utility>
#include <vector>

namespace bench {

/// Calls `each` with 0, 1, … on threads of their own; throws what one of them threw.
template <class F>
void in_parallel(std::size_t count, F each) {
  std::vector<std::future<void>> all;
  for (std::size_t i = 0; i < count; ++i)
    all.push_back(std::async(std::launch::async, each, i));
  for (std::future<void>& one : all)
    one.get();
}

/// What `open` gives, that often.
template <class F>
auto open_all(std::size_t count, F open) {
  std::vector<decltype(open())> made(count);
  in_parallel(count, [&](std::size_t i) { made[i] = open(); });
  return made;
}

} // namespace bench
