#include "tests/support/batch.hpp"

using namespace freehold;
using namespace freehold::testing;

namespace {

std::vector<sent_request> reads(int count) {
  std::vector<sent_request> all;
  for (int i = 0; i < count; ++i)
    all.push_back(ask({bind(read_a, i)}));
  return all;
}

} // namespace

TEST_CASE_METHOD(bench, "reads share one Sync and one Prepare") {
  const std::vector<sent_request> all = reads(3);
  CHECK(run(all).empty());
  CHECK(on.count("sync") == 1);
  CHECK(on.count("prepare SELECT a") == 1);
  CHECK(all[2].echo() == "SELECT a|2");
}

TEST_CASE_METHOD(bench, "under strict isolation each read has its own Sync") {
  state.server.strict_isolation = true;
  const std::vector<sent_request> all = reads(3);
  CHECK(run(all).empty());
  CHECK(on.count("sync") == 3);
  CHECK(all[2].echo() == "SELECT a|2");
}

TEST_CASE_METHOD(bench, "writes have a Sync each, and reads between them share") {
  const std::vector<sent_request> all{ask_for(write_a), ask_for(read_a), ask_for(read_b),
                                      ask_for(write_b)};
  CHECK(run(all).empty());
  CHECK(on.count("sync") == 3);
  for (const sent_request& each : all)
    CHECK(each.to->answers == 1);
}

TEST_CASE_METHOD(bench,
                 "behind a pooler there is one Sync under way, unless it tracks statements") {
  const std::vector<sent_request> all{ask_for(write_a), ask_for(write_b), ask_for(read_a),
                                      ask_for(read_b)};
  const auto most_under_way = [&] {
    long most = 0;
    on.before_reply = [&] {
      const long answered = all[0].to->answers + all[1].to->answers; // by their Syncs
      most = std::max(most, static_cast<long>(on.count("sync")) - answered);
    };
    CHECK(run(all).empty());
    CHECK(on.count("sync") == 3); // the reads share one
    for (const sent_request& each : all)
      CHECK(each.to->answers == 1);
    return most;
  };
  SECTION("on a direct server") {
    CHECK(most_under_way() == 3);
  }
  SECTION("behind a pooler") {
    state.server.pooler = true;
    CHECK(most_under_way() == 1);
  }
  SECTION("behind one that tracks statements") {
    state.server.pooler = true;
    state.server.pooler_tracks_statements = true;
    CHECK(most_under_way() == 3);
  }
}

TEST_CASE_METHOD(bench, "a failing read does not fail its neighbours") {
  on.at_execute[2] = refusal("22012");
  const std::vector<sent_request> all = reads(4);
  CHECK(run(all).empty());
  CHECK(all[0].echo() == "SELECT a|0");
  CHECK(all[1].why().sqlstate == "22012");
  CHECK(all[1].why().fate == fate::rolled_back);
  CHECK(all[2].echo() == "SELECT a|2");
  CHECK(all[3].echo() == "SELECT a|3");
  CHECK(server->times("SELECT a|0") == 0); // it went with its group, and was not sent again
  CHECK(server->times("SELECT a|2") == 1);
}

TEST_CASE_METHOD(bench, "a write is answered only after its Sync") {
  const sent_request write = ask_for(write_a);
  const sent_request read = ask_for(read_a);
  std::vector<std::pair<int, int>> seen;
  on.before_reply = [&] { seen.emplace_back(write.to->answers, read.to->answers); };
  CHECK(run({write, read}).empty());
  // Before: Prepare, execute, Sync; Prepare, execute, Sync.
  using states = std::vector<std::pair<int, int>>;
  CHECK(seen == states{{0, 0}, {0, 0}, {0, 0}, {1, 0}, {1, 0}, {1, 1}});
}

TEST_CASE_METHOD(bench, "a failure that comes with the Sync reaches the write") {
  on.at_sync[1] = refusal("23505");
  const sent_request write = ask_for(write_a);
  const sent_request next = ask_for(write_b);
  CHECK(run({write, next}).empty());
  CHECK(write.why().sqlstate == "23505");
  CHECK(next.echo() == "UPDATE b");
  CHECK(server->committed == std::vector<std::string>{"UPDATE b"});
}

TEST_CASE_METHOD(bench, "a script is all or nothing") {
  const auto script = [] {
    return ask({bind(write_a), bind(write_b), bind(read_a)}, request_kind::script);
  };
  SECTION("all") {
    const sent_request done = script();
    CHECK(run({done}).empty());
    CHECK(std::get<std::vector<result_set>>(done.to->last.value).size() == 3);
    CHECK(server->committed.size() == 3);
    CHECK(on.count("sync") == 1);
  }
  SECTION("nothing") {
    on.at_execute[2] = refusal("23505");
    const sent_request failed = script();
    const sent_request next = ask_for(read_b);
    CHECK(run({failed, next}).empty());
    CHECK(failed.why().message.starts_with("step 2 (\"wb\")"));
    CHECK(next.echo() == "SELECT b");
    CHECK(server->committed == std::vector<std::string>{"SELECT b"});
  }
}

TEST_CASE_METHOD(bench, "what cannot be sent is not sent") {
  parameters bad;
  bad.refuse("contains a NUL byte");
  parameters crowd;
  for (int i = 0; i < 65'536; ++i)
    crowd.add(i);
  const sent_request refused = ask({{read_a, bad}});
  const sent_request crowded = ask({{read_a, crowd}});
  sent_request late = ask({bind(read_a)}, request_kind::execute, 0ms);
  sent_request abandoned = ask_for(read_a);
  abandoned.to->dropped = true;
  CHECK(run({refused, crowded, late, abandoned}).empty());
  CHECK(on.calls.empty());
  CHECK(refused.why().code == errc::bad_parameter);
  CHECK(refused.why().fate == fate::not_sent);
  CHECK(crowded.why().code == errc::bad_parameter);
  CHECK(late.why().code == errc::deadline_exceeded);
  CHECK(abandoned.to->answers == 1);
}

TEST_CASE_METHOD(bench, "a taken name is renamed, once and counted once") {
  const statement_options& same = options;
  statement_cache twin{same.cache_size, same.cache_sql_limit, "n1"};
  std::vector<std::string> evicted;
  server->prepared[*twin.name_for(read_a, evicted)->name] = {"SELECT other"};
  const std::vector<sent_request> all = reads(3);
  CHECK(run(all).empty());
  for (const sent_request& each : all)
    CHECK(each.to->last.why == nullptr);
  CHECK(state.healed == heal_counts{1, 0, 0});
}

TEST_CASE_METHOD(bench, "a lost name is prepared again, and counted once however many use it") {
  CHECK(run(reads(1)).empty());
  server->prepared.clear();
  state.server.strict_isolation = GENERATE(true, false);
  const std::vector<sent_request> all = reads(20);
  CHECK(run(all).empty());
  for (const sent_request& each : all)
    CHECK(each.to->last.why == nullptr);
  CHECK(state.healed == heal_counts{0, 1, 0});
  CHECK(state.stale == std::vector<std::uint64_t>{read_a.content_hash()});
  CHECK(state.server.mode == statement_mode::named);
}

TEST_CASE_METHOD(bench, "a stale plan is made anew, also in a script") {
  CHECK(run(reads(1)).empty());
  server->make_stale("SELECT a");
  const sent_request script = ask({bind(write_a), bind(read_a)}, request_kind::script);
  CHECK(run({script}).empty());
  CHECK(script.to->last.why == nullptr);
  CHECK(server->times("UPDATE a") == 1);
  CHECK(state.healed == heal_counts{0, 0, 1});
}

TEST_CASE_METHOD(bench, "after repeated surprises with names the session goes unnamed") {
  for (int i = 0; i < 10; ++i) {
    CHECK(run(reads(1)).empty());
    CHECK(state.server.mode == statement_mode::named);
    server->prepared.clear();
  }
  CHECK(run(reads(1)).empty());
  CHECK(state.server.mode == statement_mode::unnamed);
  CHECK(on.calls.back() == "sync");
  CHECK(on.count("unnamed SELECT a") == 1);
}

TEST_CASE_METHOD(bench, "a name whose Prepare was skipped is never closed") {
  options.cache_size = 1;
  state.names = statement_cache{1, 1000, "n1"};
  on.at_execute[1] = refusal("22012");
  const sent_request script = ask({bind(read_b), bind(write_a)}, request_kind::script);
  CHECK(run({script}).empty());
  const sent_request read = ask_for(read_a);
  CHECK(run({read}).empty());
  CHECK(read.to->last.why == nullptr);
  CHECK(state.healed == heal_counts{});
}

TEST_CASE_METHOD(bench, "a loss tells apart what was read, what was written and what is done") {
  on.at_sql["SELECT b"].push_back({mishap::lose_after, {}});
  const sent_request done = ask_for(write_a);
  const sent_request failed = ask_for(write_b);
  const sent_request reading = ask_for(read_b);
  const sent_request writing = ask_for(write_a);
  on.at_execute[2] = refusal("23505");
  const std::vector<attempt_failure> failures = run({done, failed, reading, writing});
  CHECK(done.echo() == "UPDATE a");
  CHECK(failed.why().sqlstate == "23505");
  REQUIRE(failures.size() == 2);
  CHECK(failures[0].why.code == errc::connection_lost);
  CHECK(failures[0].why.fate == fate::rolled_back);
  CHECK(failures[1].why.code == errc::outcome_unknown);
  CHECK(failures[1].why.fate == fate::unknown);
  CHECK(failures[1].kind == failure_class::connection_fatal);
  CHECK(reading.to->answers == 0);
  CHECK(state.lost());
}

TEST_CASE_METHOD(bench, "a write refused before the loss is known to be undone") {
  on.at_execute[1] = refusal("23505");
  on.at_sync[1] = {mishap::lose_before, {}};
  const sent_request write = ask_for(write_a);
  CHECK(run({write}).empty());
  CHECK(write.why().sqlstate == "23505");
  CHECK(write.why().fate == fate::rolled_back);
}

TEST_CASE_METHOD(bench, "on a lost session nothing is sent") {
  state.lose("gone");
  const std::vector<attempt_failure> failures = run({ask_for(write_a)});
  REQUIRE(failures.size() == 1);
  CHECK(failures[0].why.code == errc::connection_lost);
  CHECK(failures[0].why.fate == fate::not_sent);
  CHECK(on.calls.empty());
}

TEST_CASE_METHOD(bench, "FATAL and 25006 end the session, and with 40001 ask for another attempt") {
  const auto [trouble_met, kind] =
      GENERATE(std::pair{refusal("57P01", "", "FATAL"), failure_class::connection_fatal},
               std::pair{refusal("40001"), failure_class::transaction},
               std::pair{refusal("25006"), failure_class::role});
  on.at_execute[1] = trouble_met;
  const sent_request write = ask_for(write_a);
  const std::vector<attempt_failure> failures = run({write});
  REQUIRE(failures.size() == 1);
  CHECK(failures[0].kind == kind);
  CHECK(write.to->answers == 0);
  CHECK(state.lost() == (kind != failure_class::transaction));
  CHECK(state.blames_server == (kind != failure_class::role));
  CHECK(write.what->sent() == (kind == failure_class::connection_fatal));
}

TEST_CASE_METHOD(bench,
                 "a write sent to a known standby is refused at once and keeps the session") {
  state.server.standby = true;
  on.at_execute[1] = refusal("25006");
  const sent_request write = ask_for(write_a);
  CHECK(run({write}).empty());
  CHECK(write.to->answers == 1);
  CHECK_FALSE(state.lost());
}

TEST_CASE_METHOD(bench, "a write with too large a result has taken effect, and says so") {
  on.at_execute[1] = {mishap::too_large, {}};
  const sent_request write = ask_for(write_a);
  CHECK(run({write}).empty());
  CHECK(write.why().code == errc::result_too_large);
  CHECK(write.why().fate == fate::unknown);
  CHECK(server->times("UPDATE a") == 1);
}
