// A pipeline and the names it leaves on a server.

#include "tests/support/batch.hpp"

using namespace freehold;
using namespace freehold::testing;

namespace {

statement numbered(int i) {
  return {"s" + std::to_string(i), "SELECT s" + std::to_string(i), read_only};
}

struct small_cache : bench {
  explicit small_cache(std::size_t most) {
    options.cache_size = most;
    state.names = statement_cache{most, 1000, "n1"};
  }
  std::vector<sent_request> read_each(int from, int until) {
    std::vector<sent_request> all;
    for (int i = from; i < until; ++i)
      all.push_back(ask({bind(numbered(i), i)}));
    return all;
  }
};

struct cache_of_one : small_cache {
  cache_of_one() : small_cache{1} {}
};
struct cache_of_six : small_cache {
  cache_of_six() : small_cache{6} {}
};

} // namespace

TEST_CASE_METHOD(cache_of_one, "a name whose Close was skipped is closed later") {
  CHECK(run({ask({bind(read_a)})}).empty());
  on.at_sql["BEGIN"].push_back(refusal("57014")); // everything behind it is skipped
  sent_request function = ask({}, request_kind::function);
  function.what->body = [](transaction& tx) { return std::any{tx.execute(read_b).size()}; };
  CHECK(run_function(on, state, options, function.what).has_value());
  CHECK(server->prepared.size() == 1);
  CHECK(run({ask({bind(read_b)})}).empty());
  CHECK(server->prepared.size() == 1);
}

TEST_CASE_METHOD(cache_of_one, "the name of a stale plan does not stay on the server") {
  for (int i = 0; i < 5; ++i) {
    CHECK(run({ask({bind(read_a)})}).empty());
    server->make_stale("SELECT a");
  }
  CHECK(server->prepared.size() == 1);
}

TEST_CASE_METHOD(cache_of_six, "names that vanished fail nobody when they are evicted") {
  CHECK(run(read_each(0, 6)).empty());
  server->prepared.clear();
  const std::vector<sent_request> all = read_each(6, 12);
  CHECK(run(all).empty());
  for (const sent_request& each : all)
    CHECK(each.to->last.why == nullptr);
}

TEST_CASE_METHOD(bench, "a script heals although all the names of its steps vanished") {
  std::vector<bound_statement> steps;
  for (int i = 0; i < 6; ++i)
    steps.push_back(bind(numbered(i), i));
  CHECK(run({ask(steps, request_kind::script)}).empty());
  server->prepared.clear();
  const sent_request again = ask(steps, request_kind::script);
  CHECK(run({again}).empty());
  CHECK(again.to->last.why == nullptr);
}

TEST_CASE_METHOD(bench, "a statement that was skipped unprepared is prepared under a new name") {
  const statement_options& same = options;
  statement_cache twin{same.cache_size, same.cache_sql_limit, "n1"};
  std::vector<std::string> evicted;
  const std::string first = *twin.name_for(read_a, evicted)->name;
  const std::string second = *twin.name_for(read_b, evicted)->name;
  server->prepared[first] = {"SELECT other"};
  server->prepared[second] = {"SELECT of_somebody_else"};
  const sent_request a = ask({bind(read_a)});
  const sent_request b = ask({bind(read_b)});
  CHECK(run({a, b}).empty());
  CHECK(a.echo() == "SELECT a");
  CHECK(b.echo() == "SELECT b");
}
