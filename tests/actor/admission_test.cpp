#include "tests/support/catch.hpp"
#include "tests/support/simulated_database.hpp"

using namespace freehold;
using namespace freehold::testing;
using namespace std::chrono_literals;

namespace {

const statement write_two{"write_two", "INSERT INTO t VALUES (2)"};

// Nobody is served until `serve`.
struct waiting_room : simulated_database {
  explicit waiting_room(std::size_t queue, std::size_t connections = 1)
      : simulated_database{limited(queue, connections)} {
    refuse.emplace(connect_outcome::unreachable, "", "refused");
  }
  static database_options limited(std::size_t queue, std::size_t connections) {
    database_options options = default_database(base_profile::production, "primary");
    options.pool.min_connections = 0;
    options.pool.max_connections = connections;
    options.pool.queue_length = queue;
    return options;
  }
  std::vector<sent_request> submit(std::size_t n, const statement& what,
                                   request_queue::place place) {
    std::vector<sent_request> sent;
    for (std::size_t i = 0; i < n; ++i)
      sent.push_back(submit_statement(what, 15s, place));
    run();
    return sent;
  }
  // What was run, in order, without what the session asked for itself.
  std::vector<std::string> served() const {
    std::vector<std::string> order = server->committed;
    std::erase_if(order, [](const std::string& each) { return !each.starts_with("INSERT"); });
    return order;
  }
  void serve() {
    refuse.reset();
    advance(200ms);
  }
};

std::size_t refused(const std::vector<sent_request>& all) {
  std::size_t count = 0;
  for (const sent_request& each : all)
    count += each.answer->code() == errc::queue_full ? 1 : 0;
  return count;
}

} // namespace

TEST_CASE(
    "a key that floods the queue gives way to one that asks for little, and both take turns") {
  waiting_room db{10};
  const auto flood = db.submit(20, write_one, {priority::normal, 1});
  CHECK(refused(flood) == 10);
  const auto other = db.submit(3, write_two, {priority::normal, 3});
  CHECK(refused(other) == 0);
  CHECK(refused(flood) == 13);
  db.serve();
  for (const sent_request& each : other)
    CHECK(each.answer->code() == errc::none);
  const std::vector<std::string> order = db.served();
  REQUIRE(order.size() == 10);
  for (const std::size_t second : {1u, 3u, 5u})
    CHECK(order[second] == "INSERT INTO t VALUES (2)");
}

TEST_CASE("who made room is told so, and nobody is answered twice") {
  waiting_room db{2};
  const auto flood = db.submit(2, write_one, {priority::normal, 1});
  static_cast<void>(db.submit(1, write_two, {priority::normal, 3}));
  REQUIRE(refused(flood) == 1);
  CHECK(flood[1].answer->text().find("made room") != std::string::npos);
  CHECK(flood[1].answer->text().find("pool.queue_length") != std::string::npos);
  db.serve();
  for (const sent_request& each : flood)
    CHECK(each.answer->count == 1);
}

TEST_CASE("what is critical finds a place in a full queue and is served first") {
  waiting_room db{10};
  const auto usual = db.submit(10, write_one, {});
  const auto health = db.submit(1, write_two, {priority::critical, 0});
  CHECK(refused(health) == 0);
  CHECK(refused(usual) == 1);
  db.serve();
  REQUIRE(db.served().size() == 10);
  CHECK(db.served().front() == "INSERT INTO t VALUES (2)");
}

TEST_CASE("what runs in the background does not displace anybody") {
  waiting_room db{10};
  const auto usual = db.submit(10, write_one, {});
  const auto report = db.submit(5, write_two, {priority::background, 9});
  CHECK(refused(report) == 5);
  CHECK(refused(usual) == 0);
}

TEST_CASE("the first of a flow does not displace another flow that has no more") {
  waiting_room db{2};
  const auto a = db.submit(1, write_one, {priority::normal, 1});
  const auto b = db.submit(1, write_one, {priority::normal, 3});
  const auto c = db.submit(1, write_one, {priority::normal, 5});
  CHECK(refused(a) + refused(b) == 0);
  CHECK(refused(c) == 1);
}

TEST_CASE("of a statement that nothing is known of no more than 64 share a pipeline") {
  waiting_room db{128};
  REQUIRE(db.context()->options.pool.pipeline_depth == 256);
  const auto sent = db.submit(128, read_one, {});
  db.serve();
  for (const sent_request& each : sent)
    REQUIRE(each.answer->code() == errc::none);
  const distribution batches = db.snapshot().batch_size;
  CHECK(batches.count == 2);
  CHECK(batches.buckets.back().lower <= 64);
}

TEST_CASE("a pipeline gets longer than 64 by an equal share of those who are there") {
  const std::size_t connections = GENERATE(as<std::size_t>{}, 1, 4);
  waiting_room db{200, connections};
  db.serve();
  static_cast<void>(db.submit(1, read_one, {}));
  db.refuse = unreachable(); // one connection is all it gets
  static_cast<void>(db.submit(64, read_one, {}));
  const std::uint64_t before = db.snapshot().batch_size.count;
  const auto sent = db.submit(200, read_one, {});
  for (const sent_request& each : sent)
    REQUIRE(each.answer->code() == errc::none);
  CHECK(db.snapshot().batch_size.count - before == connections);
}
