#include "runtime/fair_queue.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/instant.hpp"

#include <memory>
#include <vector>

using freehold::fair_queue;
using freehold::priority;
using freehold::shedding_options;
using freehold::testing::start;
using namespace std::chrono_literals;

namespace {

const shedding_options shedding{.enabled = true, .target = 50ms, .interval = 1s};

template <class T>
std::vector<T> all_of(fair_queue<T>& queue) {
  std::vector<T> taken;
  while (!queue.empty())
    taken.push_back(queue.pop(shedding, start));
  return taken;
}

} // namespace

TEST_CASE("items of one flow leave in the order in which they came") {
  fair_queue<int> queue;
  for (int i = 0; i < 5; ++i)
    queue.push(i, {}, start);
  CHECK(queue.front() == 0);
  CHECK(all_of(queue) == std::vector<int>{0, 1, 2, 3, 4});
}

TEST_CASE("an item that cannot be copied goes through") {
  fair_queue<std::unique_ptr<int>> queue;
  queue.push(std::make_unique<int>(1), {}, start);
  CHECK(*queue.pop(shedding, start) == 1);
}

TEST_CASE("flows take turns, however much one of them has") {
  fair_queue<int> queue;
  for (int i = 0; i < 4; ++i)
    queue.push(i, {priority::normal, 7}, start);
  queue.push(10, {priority::normal, 8}, start);
  queue.push(11, {priority::normal, 8}, start);
  queue.push(20, {}, start);
  CHECK(all_of(queue) == std::vector<int>{0, 10, 20, 1, 11, 2, 3});
}

TEST_CASE("a flow that comes back after it was served waits for its turn") {
  fair_queue<int> queue;
  for (int i = 0; i < 3; ++i)
    queue.push(i, {priority::normal, 7}, start);
  queue.push(10, {priority::normal, 8}, start);
  CHECK(queue.pop(shedding, start) == 0);
  CHECK(queue.pop(shedding, start) == 10);
  queue.push(11, {priority::normal, 8}, start);
  CHECK(all_of(queue) == std::vector<int>{1, 11, 2});
}

TEST_CASE("what is more important goes first") {
  fair_queue<int> queue;
  queue.push(3, {priority::background, 0}, start);
  queue.push(2, {priority::normal, 0}, start);
  queue.push(1, {priority::critical, 9}, start);
  CHECK(all_of(queue) == std::vector<int>{1, 2, 3});
}

TEST_CASE("the oldest is the one that waits longest, wherever it stands") {
  fair_queue<int> queue;
  queue.push(1, {priority::background, 4}, start + 1s);
  queue.push(2, {priority::critical, 0}, start + 2s);
  CHECK(queue.oldest() == start + 1s);
  static_cast<void>(all_of(queue));
  queue.push(3, {}, start + 3s);
  CHECK(queue.oldest() == start + 3s);
}

TEST_CASE("the heaviest is the longest line of the least important, and gives its newest") {
  fair_queue<int> queue;
  CHECK(queue.heaviest().length == 0);
  for (int i = 0; i < 9; ++i)
    queue.push(i, {priority::critical, 0}, start);
  queue.push(20, {priority::normal, 1}, start);
  for (int i = 30; i < 33; ++i)
    queue.push(i, {priority::normal, 2}, start);
  CHECK(queue.heaviest().length == 3);
  CHECK(queue.heaviest().flow == 2);
  CHECK(queue.take_from(queue.heaviest()) == 32);
  CHECK(queue.length({priority::normal, 2}) == 2);
  CHECK(queue.length({priority::normal, 3}) == 0);
  queue.push(40, {priority::background, 5}, start);
  CHECK(queue.take_from(queue.heaviest()) == 40);
  CHECK(queue.size() == 12);
}

TEST_CASE("removed items are handed over in order and the others keep theirs") {
  fair_queue<int> queue;
  for (int i = 0; i < 6; ++i)
    queue.push(i, {priority::normal, i < 2 ? 1u : 0u}, start + i * 1s);
  std::vector<int> removed;
  queue.remove_if([](int i) { return i % 2 == 0 || i == 1; },
                  [&](int&& i) { removed.push_back(i); });
  CHECK(removed == std::vector<int>{0, 1, 2, 4});
  CHECK(queue.size() == 2);
  CHECK(queue.oldest() == start + 3s);
  CHECK(all_of(queue) == std::vector<int>{3, 5});
}

TEST_CASE("a sink may push into the queue that it is fed from") {
  fair_queue<int> queue;
  queue.push(1, {}, start);
  queue.push(2, {}, start);
  queue.remove_if([](int i) { return i < 3; }, [&](int&& i) { queue.push(i + 10, {}, start); });
  CHECK(all_of(queue) == std::vector<int>{11, 12});
}

TEST_CASE("one that arrives is refused once the delay has stood for an interval") {
  fair_queue<int> queue;
  auto now = start;
  // Each leaves 100 ms after it came, twice the target.
  for (int i = 0; i < 12; ++i, now += 100ms) {
    queue.push(i, {}, now);
    if (i > 0)
      queue.pop(shedding, now);
    if (i == 5)
      CHECK_FALSE(queue.refuses({}, shedding, now + 60ms)); // half an interval: a burst
  }
  CHECK(queue.refuses({}, shedding, now));
  CHECK_FALSE(queue.refuses({priority::critical, 0}, shedding, now));
  CHECK_FALSE(queue.refuses({priority::normal, 3}, shedding, now)); // another flow, which is empty
  shedding_options off = shedding;
  off.enabled = false;
  CHECK_FALSE(queue.refuses({}, off, now));
}

TEST_CASE("while it refuses, one that finds the delay below the target is let in") {
  freehold::standing_delay delay;
  delay.left(60ms, shedding, start);
  CHECK(delay.refuses(60ms, 1, shedding, start + 1s));
  delay.left(40ms, shedding, start + 1s);
  CHECK_FALSE(delay.refuses(40ms, 0, shedding, start + 1s));
  CHECK(delay.refuses(51ms, 1, shedding, start + 1'100ms)); // at once, not an interval later
}

TEST_CASE("an interval in which nobody had to be refused ends it") {
  freehold::standing_delay delay;
  delay.left(60ms, shedding, start);
  CHECK(delay.refuses(60ms, 1, shedding, start + 1s));
  delay.left(40ms, shedding, start + 1s);
  CHECK_FALSE(delay.refuses(60ms, 1, shedding, start + 2'001ms));
}

TEST_CASE("a delay that falls below the target now and then is a burst") {
  freehold::standing_delay delay;
  for (int i = 0; i < 100; ++i) {
    delay.left(i % 9 == 0 ? 10ms : 80ms, shedding, start + i * 100ms);
    CHECK_FALSE(delay.refuses(80ms, 1, shedding, start + i * 100ms));
  }
}

TEST_CASE("while it refuses, a line that is long is judged by how quickly it moves") {
  freehold::standing_delay delay;
  for (int i = 0; i <= 1'000; i += 2)
    delay.left(60ms, shedding, start + i * 1ms); // 2 ms apart
  const auto now = start + 1s;
  CHECK(delay.refuses(10ms, 30, shedding, now));
  CHECK_FALSE(delay.refuses(10ms, 20, shedding, now));
}
