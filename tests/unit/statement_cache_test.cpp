#include "runtime/statement_cache.hpp"
#include "tests/support/catch.hpp"

#include <algorithm>
#include <random>
#include <set>
#include <string>
#include <vector>

using freehold::cached_name;
using freehold::statement;
using freehold::statement_cache;

namespace {

statement numbered(std::size_t i) {
  return statement{"s" + std::to_string(i), "SELECT " + std::to_string(i)};
}

struct fixture {
  statement_cache cache{3, 100, "n1"};
  std::vector<std::string> evicted;

  cached_name use(const statement& s) {
    const auto found = cache.name_for(s, evicted);
    REQUIRE(found);
    return *found;
  }
  // As a batch of one, acknowledged by the server.
  std::string run(const statement& s) {
    const cached_name found = use(s);
    if (found.fresh)
      cache.confirm(s);
    const std::string name = *found.name;
    cache.end_batch();
    return name;
  }
};

} // namespace

TEST_CASE_METHOD(fixture, "a statement is prepared once and then known") {
  const cached_name first = use(numbered(1));
  CHECK(first.fresh);
  cache.confirm(numbered(1));
  cache.end_batch();
  CHECK_FALSE(use(numbered(1)).fresh);
  CHECK(cache.hits() == 1);
  CHECK(cache.misses() == 1);
}

TEST_CASE_METHOD(fixture, "a name is made of content hash, nonce and generation") {
  const std::string name = run(numbered(1));
  CHECK(name.substr(0, 3) == "fh_");
  CHECK(name.substr(3, 16).find_first_not_of("0123456789abcdef") == std::string::npos);
  CHECK(name.substr(19) == "_n1_1");
}

TEST_CASE("the longest name fits the server's limit") {
  statement_cache cache{1, 100, std::string(22, 'n')};
  std::vector<std::string> evicted;
  const auto found = cache.name_for(numbered(1), evicted);
  REQUIRE(found);
  CHECK(found->name->size() + 19 <= 63); // the generation may grow to 20 digits
}

TEST_CASE_METHOD(fixture, "twice in one batch is prepared once") {
  const cached_name first = use(numbered(1));
  const cached_name second = use(numbered(1));
  CHECK(first.fresh);
  CHECK_FALSE(second.fresh);
  CHECK(first.name == second.name);
}

TEST_CASE_METHOD(fixture, "a preparation that nobody acknowledged is not relied upon") {
  const std::string before = *use(numbered(1)).name;
  cache.end_batch();
  const cached_name again = use(numbered(1));
  CHECK(again.fresh);
  CHECK(*again.name != before);
}

TEST_CASE_METHOD(fixture, "two declarations with one SQL text share a name") {
  const std::string name = run(statement{"one", "SELECT 1"});
  CHECK(run(statement{"other", "SELECT 1"}) == name);
}

TEST_CASE_METHOD(fixture, "two SQL texts with one content hash have two names") {
  const statement one{"one", "8yn0iYCKYHlIj4-BwPqk"}; // they collide in FNV-1a, 64 bits
  const statement other{"other", "GReLUrM4wMqfg9yzV3KQ"};
  const std::string first = run(one);
  CHECK(run(other) != first);
  CHECK(run(one) == first);
  CHECK(cache.size() == 2);
}

TEST_CASE_METHOD(fixture, "the least recently used name makes room") {
  const std::string first = run(numbered(1));
  const std::string second = run(numbered(2));
  run(numbered(3));
  run(numbered(1));
  run(numbered(4));
  CHECK(evicted == std::vector<std::string>{second});
  CHECK(run(numbered(1)) == first);
  CHECK(cache.size() == 3);
}

TEST_CASE_METHOD(fixture, "an evicted statement comes back under a new name") {
  const std::string first = run(numbered(1));
  for (std::size_t i = 2; i <= 4; ++i)
    run(numbered(i));
  CHECK(use(numbered(1)).fresh);
  CHECK(run(numbered(1)) != first);
}

TEST_CASE_METHOD(fixture, "names used in the current batch are not evicted") {
  for (std::size_t i = 1; i <= 3; ++i)
    use(numbered(i));
  CHECK_FALSE(cache.name_for(numbered(4), evicted));
  CHECK(evicted.empty());
  for (std::size_t i = 1; i <= 3; ++i)
    cache.confirm(numbered(i));
  cache.end_batch();
  CHECK(use(numbered(4)).fresh);
  CHECK(evicted.size() == 1);
}

TEST_CASE_METHOD(fixture, "without eviction a full cache lets the rest run unnamed") {
  cache.set_eviction(false);
  for (std::size_t i = 1; i <= 3; ++i)
    run(numbered(i));
  CHECK_FALSE(cache.name_for(numbered(4), evicted));
  CHECK_FALSE(use(numbered(1)).fresh);
  CHECK(cache.drop(numbered(1).content_hash(), evicted));
  CHECK(evicted.empty());
}

TEST_CASE("long SQL and a cache without capacity run unnamed") {
  std::vector<std::string> evicted;
  statement_cache small{3, 10, "n"};
  CHECK_FALSE(small.name_for(statement{"long", "SELECT 1, 2, 3"}, evicted));
  CHECK(small.name_for(statement{"short", "SELECT 123"}, evicted));
  statement_cache none{0, 100, "n"};
  CHECK_FALSE(none.name_for(numbered(1), evicted));
  CHECK(none.misses() == 1);
}

TEST_CASE_METHOD(fixture, "a lost or taken name is replaced by a new one") {
  const std::string first = run(numbered(1));
  cache.forget(numbered(1));
  const cached_name second = use(numbered(1));
  CHECK(second.fresh);
  CHECK(*second.name != first);
  cache.rename(numbered(1));
  CHECK(use(numbered(1)).fresh);
  CHECK(evicted.empty()); // there is nothing to close
}

TEST_CASE_METHOD(fixture, "a late report about an old name does not harm the new one") {
  const std::string first = run(numbered(1));
  cache.forget(numbered(1), first);
  const std::string second = run(numbered(1));
  cache.forget(numbered(1), first);
  cache.rename(numbered(1), first);
  CHECK(run(numbered(1)) == second);
}

TEST_CASE_METHOD(fixture, "a stale plan reported by a sibling closes the name") {
  const std::string first = run(numbered(1));
  CHECK(cache.drop(numbered(1).content_hash(), evicted));
  CHECK(evicted == std::vector<std::string>{first});
  CHECK_FALSE(cache.drop(numbered(1).content_hash(), evicted));
  CHECK(use(numbered(1)).fresh);
}

TEST_CASE_METHOD(fixture, "a name stays readable until its batch ends") {
  const cached_name found = use(numbered(1));
  const std::string copy = *found.name;
  cache.forget(numbered(1));
  use(numbered(1));
  cache.clear();
  CHECK(*found.name == copy);
}

TEST_CASE_METHOD(fixture, "a cleared cache starts anew and repeats no name") {
  const std::string first = run(numbered(1));
  cache.clear();
  CHECK(cache.size() == 0);
  CHECK(run(numbered(1)) != first);
}

namespace {

// What the cache is to do, written as plainly as possible.
class naive_cache {
public:
  explicit naive_cache(std::size_t capacity) : capacity_{capacity} {}

  struct answer {
    bool named;
    bool fresh;
    bool evicts;
  };

  answer use(std::size_t id) {
    const auto known = find(id);
    if (known != used_.end()) {
      line hit = *known;
      used_.erase(known);
      if (hit.confirmed || hit.batch == batch_) {
        hit.batch = batch_;
        used_.push_back(hit);
        return {true, false, false};
      }
    }
    bool evicts = false;
    if (used_.size() == capacity_) {
      if (used_.front().batch == batch_)
        return {false, false, false};
      used_.erase(used_.begin());
      evicts = true;
    }
    used_.push_back({id, batch_, false});
    return {true, true, evicts};
  }
  void confirm(std::size_t id) {
    if (const auto known = find(id); known != used_.end())
      known->confirmed = true;
  }
  void forget(std::size_t id) {
    if (const auto known = find(id); known != used_.end())
      used_.erase(known);
  }
  void end_batch() { ++batch_; }
  [[nodiscard]] std::size_t size() const { return used_.size(); }

private:
  struct line {
    std::size_t id;
    std::size_t batch;
    bool confirmed;
  };
  std::vector<line>::iterator find(std::size_t id) {
    return std::find_if(used_.begin(), used_.end(), [&](const line& l) { return l.id == id; });
  }

  std::size_t capacity_;
  std::size_t batch_ = 0;
  std::vector<line> used_; // least recently used first
};

} // namespace

TEST_CASE("random use agrees with a naive model, stays bounded and repeats no name") {
  std::mt19937_64 engine{11};
  const auto upto = [&](std::size_t n) {
    return std::uniform_int_distribution<std::size_t>{0, n}(engine);
  };
  constexpr std::size_t capacity = 8;
  statement_cache cache{capacity, 1000, "prop"};
  naive_cache model{capacity};
  std::vector<statement> statements;
  for (std::size_t i = 0; i < 14; ++i)
    statements.push_back(numbered(i));
  std::set<std::string> seen;
  for (int step = 0; step < 50'000; ++step) {
    const std::size_t id = upto(statements.size() - 1);
    const std::size_t dice = upto(99);
    if (dice < 70) {
      std::vector<std::string> evicted;
      const auto got = cache.name_for(statements[id], evicted);
      const naive_cache::answer want = model.use(id);
      REQUIRE(got.has_value() == want.named);
      REQUIRE((got && got->fresh) == want.fresh);
      REQUIRE(evicted.size() == (want.evicts ? 1U : 0U));
      if (got && got->fresh)
        REQUIRE(seen.insert(*got->name).second);
    } else if (dice < 88) {
      cache.confirm(statements[id]);
      model.confirm(id);
    } else if (dice < 93) {
      cache.forget(statements[id]);
      model.forget(id);
    } else {
      cache.end_batch();
      model.end_batch();
    }
    REQUIRE(cache.size() == model.size());
    REQUIRE(cache.size() <= capacity);
  }
}
