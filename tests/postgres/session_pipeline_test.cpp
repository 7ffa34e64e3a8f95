// Pipelines against a real server.

#include "tests/support/live_session.hpp"

#include <freehold/value.hpp>

#include <nlohmann/json.hpp>

#include <cmath>
#include <thread>

using namespace freehold;
using namespace freehold::testing;

namespace {

const statement number{"number", "SELECT $1::int", read_only};
const statement division{"division", "SELECT 10 / $1::int", read_only};
const statement insert{"insert", "INSERT INTO item VALUES ($1)"};
const statement count_items{"count", "SELECT count(*) FROM item", read_only};

struct with_items : live_session {
  with_items() { fresh(); }
  explicit with_items(std::size_t limit) : live_session{"URL", limit} { fresh(); }
  explicit with_items(const std::string& url) : live_session{url} { fresh(); }
  void fresh() {
    static_cast<void>(rows("DROP TABLE IF EXISTS item"));
    static_cast<void>(rows("CREATE TABLE item (id int PRIMARY KEY DEFERRABLE INITIALLY DEFERRED)"));
  }
  int items() { return rows(bind(count_items)).scalar<int>(); }
};

template <class T>
void round_trip(live_session& on, const std::string& type, const T& value) {
  CAPTURE(type);
  const statement echo{"echo", "SELECT $1::" + type, read_only};
  const result_set seen = on.rows(freehold::bind(echo, value));
  CHECK(seen.scalar<T>() == value);
}

} // namespace

TEST_CASE_METHOD(with_items, "reads, writes and scripts of one batch each have their result") {
  const asked a{bind(number, 1)};
  const asked b{bind(insert, 1)};
  const asked c{request_kind::script, {bind(insert, 2), bind(count_items), bind(insert, 3)}};
  const asked d{bind(count_items)};
  CHECK(run({a.what, b.what, c.what, d.what}).empty());
  CHECK(a.rows().scalar<int>() == 1);
  CHECK(b.rows().affected_rows() == 1);
  const outcome script = c.answer->take();
  REQUIRE_FALSE(script.why);
  CHECK(std::get<std::vector<result_set>>(script.value).at(1).scalar<int>() == 2);
  CHECK(d.rows().scalar<int>() == 3);
  CHECK_FALSE(on->in_transaction());
  CHECK(state.healed == heal_counts{});
}

TEST_CASE("a failing read between reads fails alone, direct and pooled") {
  const std::string url = GENERATE(as<std::string>{}, "URL", "POOLER_URL");
  with_items live{url};
  std::vector<asked> all;
  std::vector<request_ptr> batch;
  for (int i = 0; i < 40; ++i) {
    all.emplace_back(bind(division, i % 8 == 3 ? 0 : 5));
    batch.push_back(all.back().what);
  }
  CHECK(live.run(batch).empty());
  for (std::size_t i = 0; i < all.size(); ++i) {
    if (i % 8 == 3)
      CHECK(all[i].why().sqlstate == "22012");
    else
      CHECK(all[i].rows().scalar<int>() == 2);
  }
}

TEST_CASE_METHOD(with_items, "a failing step undoes its script and nothing else") {
  const asked before{bind(insert, 1)};
  const asked script{request_kind::script, {bind(insert, 2), bind(division, 0), bind(insert, 3)}};
  const asked after{bind(insert, 4)};
  CHECK(run({before.what, script.what, after.what}).empty());
  CHECK(before.rows().affected_rows() == 1);
  const error why = script.why();
  CHECK(why.sqlstate == "22012");
  CHECK(why.message.starts_with("step 2 (\"division\")"));
  CHECK(after.rows().affected_rows() == 1);
  CHECK(items() == 2);
}

TEST_CASE_METHOD(with_items, "a deferred constraint that fails at the Sync reaches the write") {
  const asked first{bind(insert, 1)};
  const asked second{bind(insert, 1)};
  const asked third{bind(insert, 2)};
  const asked read{bind(number, 5)};
  CHECK(run({first.what, second.what, third.what, read.what}).empty());
  CHECK(first.rows().affected_rows() == 1);
  const error why = second.why();
  CHECK(why.sqlstate == "23505");
  CHECK(why.constraint == "item_pkey");
  CHECK(third.rows().affected_rows() == 1);
  CHECK(read.rows().scalar<int>() == 5);
  CHECK(items() == 2);
}

TEST_CASE_METHOD(with_items, "a mistake of the caller keeps the session") {
  const int pid = backend();
  const asked few{bind(number)};
  const asked many{bind(number, 1, 2)};
  const asked syntax{bind(statement{"typo", "SELEC 1"})};
  const asked bad{freehold::bind(number, std::string{"a\0b", 3})};
  parameters crowd;
  for (int i = 0; i < 65'536; ++i)
    crowd.add(i);
  const asked crowded{bound_statement{number, crowd}};
  const asked good{bind(number, 8)};
  CHECK(run({few.what, many.what, syntax.what, bad.what, crowded.what, good.what}).empty());
  CHECK(few.why().sqlstate == "08P01");
  CHECK(many.why().sqlstate == "08P01");
  CHECK(syntax.why().sqlstate == "42601");
  CHECK(bad.why().code == errc::bad_parameter);
  CHECK(crowded.why().code == errc::bad_parameter);
  CHECK(good.rows().scalar<int>() == 8);
  CHECK(backend() == pid);
}

TEST_CASE("the deadline cancels on the server and keeps the session, direct and pooled") {
  const std::string url = GENERATE(as<std::string>{}, "URL", "POOLER_URL");
  live_session live{url};
  const bool reads = GENERATE(true, false);
  const statement sleep{"sleep", "SELECT pg_sleep(30)", reads ? read_only : writes};
  const asked before{bind(number, 1)};
  const asked slow{bind(sleep), 300ms};
  const asked after{bind(number, 2)};
  const auto began = std::chrono::steady_clock::now();
  CHECK(live.run({before.what, slow.what, after.what}).empty());
  CHECK(std::chrono::steady_clock::now() - began < 2s);
  CHECK(before.rows().scalar<int>() == 1);
  const error why = slow.why();
  CHECK(why.code == errc::deadline_exceeded);
  // A loaded server may take longer to cancel than the time left to the deadline.
  CHECK((why.fate == fate::rolled_back || why.fate == fate::unknown));
  CHECK(after.rows().scalar<int>() == 2);
  CHECK_FALSE(live.state.lost());
  CHECK(live.rows(bind(number, 3)).scalar<int>() == 3);
}

TEST_CASE("a dropped request is cancelled when the session is woken") {
  live_session live;
  const asked slow{bind(statement{"sleep", "SELECT pg_sleep(30)"})};
  std::thread caller{[&] {
    std::this_thread::sleep_for(100ms); // waits for the outside: the server to run it
    slow.answer->abandon();
    live.handle->wake();
  }};
  const auto began = std::chrono::steady_clock::now();
  CHECK(live.run({slow.what}).empty());
  CHECK(std::chrono::steady_clock::now() - began < 5s);
  caller.join();
  CHECK_FALSE(live.state.lost());
  CHECK(live.backend() > 0);
}

TEST_CASE_METHOD(with_items, "a result over the limit fails, its neighbours do not") {
  with_items small{256 * 1024};
  const statement wide{"wide", "SELECT repeat('x', 1000) FROM generate_series(1, $1::int)",
                       read_only};
  const asked before{bind(wide, 100)};
  const asked large{bind(wide, 200'000)};
  const asked after{bind(wide, 100)};
  const asked write{bind(insert, 1)};
  CHECK(small.run({before.what, large.what, after.what, write.what}).empty());
  CHECK(before.rows().size() == 100);
  CHECK(large.why().code == errc::result_too_large);
  CHECK(after.rows().size() == 100);
  CHECK(write.rows().affected_rows() == 1);
  CHECK_FALSE(small.state.lost());
}

TEST_CASE("many results under the limit are not taken for one over it") {
  live_session small{"URL", 128 * 1024};
  const statement wide{"wide", "SELECT repeat('x', 1000) FROM generate_series(1, 50)", read_only};
  std::vector<asked> all;
  std::vector<request_ptr> batch;
  for (int i = 0; i < 60; ++i) {
    all.emplace_back(bind(wide));
    batch.push_back(all.back().what);
  }
  CHECK(small.run(batch).empty());
  for (const asked& each : all)
    CHECK(each.rows().size() == 50);
}

TEST_CASE("a result of half the limit arrives") {
  live_session live{"URL", 64 * 1024 * 1024};
  CHECK(live.rows("SELECT repeat('x', 1000) FROM generate_series(1, 30000)").size() == 30'000);
  CHECK(live.rows("SELECT repeat('x', 30000000)").size() == 1);
}

TEST_CASE_METHOD(with_items, "a changed table behind SELECT * is healed and counted") {
  const statement all{"all", "SELECT * FROM item", read_only};
  CHECK(rows(bind(all)).columns() == 1);
  static_cast<void>(rows("ALTER TABLE item ADD COLUMN more text"));
  const asked one{bind(all)};
  const asked two{bind(all)};
  CHECK(run({one.what, two.what}).empty());
  CHECK(one.rows().columns() == 2);
  CHECK(two.rows().columns() == 2);
  CHECK(state.healed == heal_counts{0, 0, 1});
  CHECK(state.stale == std::vector<std::uint64_t>{all.content_hash()});
}

TEST_CASE_METHOD(with_items, "names that vanish are healed and counted") {
  static_cast<void>(rows(bind(number, 1)));
  on->execute_unnamed("DEALLOCATE ALL", {});
  on->sync();
  CHECK(on->next(in(5s)).kind == reply_kind::result);
  CHECK(on->next(in(5s)).kind == reply_kind::synced);
  CHECK(rows(bind(number, 2)).scalar<int>() == 2);
  CHECK(state.healed == heal_counts{0, 1, 0});
}

TEST_CASE("a full statement cache closes what it evicts") {
  database_options few = sandbox_database();
  few.statements.cache_size = 3;
  live_session live{few};
  for (int i = 0; i < 10; ++i) {
    static_cast<void>(live.rows(bind(statement{"s", "SELECT " + std::to_string(i), read_only})));
  }
  CHECK(live.rows("SELECT count(*) FROM pg_prepared_statements").scalar<int>() <= 3);
  CHECK(live.state.healed == heal_counts{});
}

TEST_CASE("a terminated backend loses the session with the fate of each request") {
  live_session live;
  observer outside;
  const int pid = live.backend();
  const asked read{bind(number, 1)};
  const asked slow{bind(statement{"sleep", "SELECT pg_sleep(30)"})};
  const asked later{bind(number, 2)};
  std::thread killer{[&] { outside.terminate(pid); }};
  const std::vector<attempt_failure> failures = live.run({slow.what, read.what, later.what});
  killer.join();
  CHECK(live.state.lost());
  REQUIRE(failures.size() == 3);
  CHECK(failures[0].why.code == errc::outcome_unknown);
  CHECK(failures[1].why.code == errc::connection_lost);
  CHECK(failures[2].why.fate == fate::rolled_back);
  CHECK(failures[2].kind == failure_class::connection_fatal);
}

TEST_CASE("every supported type comes back as it was sent") {
  using namespace std::chrono;
  live_session live;
  round_trip(live, "boolean", true);
  round_trip(live, "smallint", std::int16_t{-32768});
  round_trip(live, "integer", std::int32_t{-2147483647});
  round_trip(live, "bigint", std::int64_t{9'223'372'036'854'775'807});
  round_trip(live, "real", 1.5e-7F);
  round_trip(live, "double precision", 0.1);
  round_trip(live, "double precision", std::numeric_limits<double>::infinity());
  round_trip(live, "numeric", 1234.5678);
  round_trip(live, "text", std::string{"l'Été \\ \"quoted\" \n"});
  round_trip(live, "bytea", std::vector<std::byte>{std::byte{0}, std::byte{255}, std::byte{'\\'}});
  round_trip(live, "timestamptz", sys_time<microseconds>{microseconds{1'700'000'000'123'456}});
  round_trip(live, "timestamp", local_time<microseconds>{microseconds{-1'000'001}});
  round_trip(live, "date", year_month_day{2024y, February, 29d});
  round_trip(live, "time", microseconds{3'661'000'001});
  round_trip(live, "interval", microseconds{-7'261'000'001});
  round_trip(live, "uuid", uuid::parse("01234567-89ab-cdef-0123-456789abcdef").value());
  round_trip(live, "jsonb", nlohmann::json::parse(R"({"a": [1, null, "x"]})"));
  round_trip(live, "int", std::optional<int>{});
  round_trip(live, "int[]", std::vector<std::optional<int>>{1, std::nullopt, 3});
  round_trip(live, "text[]", std::vector<std::string>{"", "NULL", "a,b", "{\"q\"}", "\\"});
}
