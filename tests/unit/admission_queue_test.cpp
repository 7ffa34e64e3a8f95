#include "runtime/admission_queue.hpp"
#include "tests/support/catch.hpp"

#include <memory>
#include <vector>

using freehold::admission_queue;
using namespace std::chrono_literals;

namespace {

constexpr std::chrono::steady_clock::time_point start{};

} // namespace

TEST_CASE("items leave in the order in which they came") {
  admission_queue<int> queue{10};
  for (int i = 0; i < 5; ++i)
    REQUIRE(queue.push(i, start));
  CHECK(queue.front() == 0);
  for (int i = 0; i < 5; ++i)
    CHECK(queue.pop() == i);
  CHECK(queue.empty());
}

TEST_CASE("a full queue refuses and leaves the item with its owner") {
  admission_queue<std::unique_ptr<int>> queue{1};
  auto first = std::make_unique<int>(1);
  auto second = std::make_unique<int>(2);
  REQUIRE(queue.push(std::move(first), start));
  CHECK(queue.full());
  CHECK_FALSE(queue.push(std::move(second), start));
  REQUIRE(second != nullptr);
  CHECK(*second == 2);
  CHECK(*queue.pop() == 1);
  CHECK(queue.push(std::move(second), start));
}

TEST_CASE("the oldest is the time at which the front was pushed") {
  admission_queue<int> queue{10};
  REQUIRE(queue.push(1, start + 1s));
  REQUIRE(queue.push(2, start + 2s));
  CHECK(queue.oldest() == start + 1s);
  queue.pop();
  CHECK(queue.oldest() == start + 2s);
}

TEST_CASE("removed items are handed over in order and the others keep theirs") {
  admission_queue<int> queue{10};
  for (int i = 0; i < 6; ++i)
    REQUIRE(queue.push(i, start + i * 1s));
  std::vector<int> removed;
  queue.remove_if([](int i) { return i % 2 == 0; }, [&](int&& i) { removed.push_back(i); });
  CHECK(removed == std::vector<int>{0, 2, 4});
  CHECK(queue.size() == 3);
  CHECK(queue.oldest() == start + 1s);
  CHECK(queue.pop() == 1);
  CHECK(queue.pop() == 3);
  CHECK(queue.pop() == 5);
}

TEST_CASE("a sink may push into the queue that it is fed from") {
  admission_queue<int> queue{2};
  REQUIRE(queue.push(1, start));
  REQUIRE(queue.push(2, start));
  queue.remove_if([](int i) { return i < 3; },
                  [&](int&& i) { REQUIRE(queue.push(i + 10, start + 1s)); });
  CHECK(queue.pop() == 11);
  CHECK(queue.pop() == 12);
}

TEST_CASE("a lowered limit refuses new items and keeps the waiting ones") {
  admission_queue<int> queue{3};
  for (int i = 0; i < 3; ++i)
    REQUIRE(queue.push(i, start));
  queue.set_limit(1);
  CHECK(queue.limit() == 1);
  CHECK(queue.size() == 3);
  queue.pop();
  queue.pop();
  CHECK_FALSE(queue.push(9, start));
  queue.pop();
  CHECK(queue.push(9, start));
}
