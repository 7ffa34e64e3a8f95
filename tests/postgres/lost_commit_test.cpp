// A COMMIT whose answer is lost: what became of it is found out where that is possible.

#include "tests/support/live_runtime.hpp"

#include <netinet/in.h>
#include <sys/socket.h>

#include <atomic>

using namespace freehold;
using namespace freehold::testing;

namespace {

// Cuts the connection of this process that has that local port. Its server does not notice
// before it answers.
void cut(int port) {
  constexpr int most_descriptors = 1024;
  for (int descriptor = 0; descriptor < most_descriptors; ++descriptor) {
    sockaddr_in local{};
    socklen_t size = sizeof local;
    const bool bound = getsockname(descriptor, reinterpret_cast<sockaddr*>(&local), &size) == 0;
    if (bound && local.sin_family == AF_INET && ntohs(local.sin_port) == port)
      shutdown(descriptor, SHUT_RDWR);
  }
}

// A COMMIT here takes its time: a deferred trigger sleeps.
struct slow_commits {
  observer outside;
  live_runtime home;
  std::atomic<int> port{0};
  std::atomic<int> pid{0};
  std::atomic<int> runs{0};

  explicit slow_commits(const std::string& service, std::size_t connections)
      : home{patient(service, connections)} {
    for (const char* each :
         {"DROP TABLE IF EXISTS lost_commit", "CREATE TABLE lost_commit (id int)",
          "CREATE OR REPLACE FUNCTION lost_commit_nap() RETURNS trigger LANGUAGE plpgsql AS "
          "$$ BEGIN PERFORM pg_sleep(0.4); RETURN NULL; END $$",
          "CREATE CONSTRAINT TRIGGER nap AFTER INSERT ON lost_commit DEFERRABLE INITIALLY DEFERRED "
          "FOR EACH ROW EXECUTE FUNCTION lost_commit_nap()"})
      static_cast<void>(home.db.execute(sql(each)).get());
    REQUIRE(eventually([&] { return home.db.snapshot().idle == connections; }));
  }
  static config patient(const std::string& service, std::size_t connections) {
    config made = sandbox_config(service, "URL", connections);
    made.databases.front().pool.min_connections = connections;
    made.databases.front().retry.attempts = 10;
    return made;
  }

  future<int> insert() {
    return home.db.transact([this](transaction& tx) {
      tx.execute(sql("INSERT INTO lost_commit VALUES (1)"));
      const result_set self =
          tx.execute(sql("SELECT inet_client_port(), pg_backend_pid()", read_only));
      ++runs;
      pid = self[0].at<int>(1);
      port = self[0].at<int>(0);
      return 42;
    });
  }
  // Until the server has got the COMMIT.
  void await_commit() {
    const statement commits{"commits", "SELECT EXISTS (SELECT FROM pg_stat_activity WHERE pid = $1 "
                                       "AND query = 'COMMIT' AND state = 'active')"};
    REQUIRE(eventually([&] {
      return port > 0 && outside.rows(freehold::bind(commits, int(pid))).scalar<bool>();
    }));
  }
  int rows() {
    return home.db.execute(sql("SELECT count(*) FROM lost_commit")).get().scalar<int>();
  }
};

} // namespace

TEST_CASE("a COMMIT that the server ran after its client was gone is answered as a success") {
  slow_commits on{"lost_commit_kept", 3};
  auto answer = on.insert();
  on.await_commit();
  cut(on.port);
  CHECK(answer.get() == 42);
  CHECK(on.runs == 1);
  CHECK(on.rows() == 1);
  CHECK(on.home.db.snapshot().sessions_lost_total == 1);
}

TEST_CASE("a COMMIT that the server gave up is run again") {
  slow_commits on{"lost_commit_undone", 3};
  auto answer = on.insert();
  on.await_commit();
  static_cast<void>(on.outside.rows(
      freehold::bind(statement{"end it", "SELECT pg_terminate_backend($1)"}, int(on.pid))));
  CHECK(answer.get() == 42);
  CHECK(on.runs == 2);
  CHECK(on.rows() == 1);
}

TEST_CASE("a lost COMMIT that no session has witnessed stays in doubt") {
  slow_commits on{"lost_commit_alone", 1};
  auto answer = on.insert();
  on.await_commit();
  cut(on.port);
  const error why = why_not(std::move(answer));
  CHECK(why.code == errc::outcome_unknown);
  CHECK(why.fate == fate::unknown);
  CHECK(on.runs == 1);
}
