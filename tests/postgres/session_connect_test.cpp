// Connecting, and finding out what answers.

#include "tests/support/live_session.hpp"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

using namespace freehold;
using namespace freehold::testing;

namespace {

connect_failure refusal_of(const database_options& how, std::chrono::milliseconds time = 5s) {
  try {
    const live_session unexpected{how};
  } catch (const connect_failure& why) {
    return why;
  }
  static_cast<void>(time);
  FAIL("connected");
  throw std::logic_error{"unreachable"};
}

// A port of the loopback interface on which somebody listens, and never answers.
class silent_listener {
public:
  silent_listener() : socket_{socket(AF_INET, SOCK_STREAM, 0)} {
    sockaddr_in at{};
    at.sin_family = AF_INET;
    at.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    REQUIRE(bind(socket_, reinterpret_cast<sockaddr*>(&at), sizeof at) == 0);
    socklen_t size = sizeof at;
    REQUIRE(getsockname(socket_, reinterpret_cast<sockaddr*>(&at), &size) == 0);
    port = std::to_string(ntohs(at.sin_port));
  }
  ~silent_listener() { close(socket_); }
  silent_listener(const silent_listener&) = delete;
  silent_listener& operator=(const silent_listener&) = delete;
  void start() { REQUIRE(::listen(socket_, 5) == 0); }
  std::string port;

private:
  int socket_;
};

} // namespace

TEST_CASE("a direct server gets named statements and the session's settings") {
  live_session direct;
  CHECK_FALSE(direct.state.server.pooler);
  CHECK(direct.state.server.mode == statement_mode::named);
  CHECK_FALSE(direct.state.server.strict_isolation);
  CHECK(direct.state.server.server_version >= 130000);
  CHECK(direct.rows("SELECT current_setting('idle_in_transaction_session_timeout')")
            .scalar<std::string>() == "30s");
  CHECK(direct.rows("SELECT count(*) FROM pg_prepared_statements WHERE name LIKE 'fh_probe%'")
            .scalar<int>() == 0);
  CHECK(direct.on->backend_pid() == direct.backend());
}

TEST_CASE("a unix socket is a direct server too") {
  live_session local{"SOCKET_URL"};
  CHECK(local.state.server.mode == statement_mode::named);
}

TEST_CASE("a schema becomes the search path") {
  database_options how = sandbox_database();
  how.target.schema = "pg_catalog";
  live_session direct{how};
  CHECK(direct.rows("SELECT current_setting('search_path')").scalar<std::string>() == "pg_catalog");
}

TEST_CASE("behind a transaction pooler statements are unnamed and nothing stays on a backend") {
  live_session pooled{"POOLER_URL"};
  CHECK(pooled.state.server.pooler);
  CHECK_FALSE(pooled.state.server.pooler_tracks_statements);
  CHECK(pooled.state.server.mode == statement_mode::unnamed);
  for (int i = 0; i < 20; ++i) {
    CHECK(pooled.rows("SELECT count(*) FROM pg_prepared_statements").scalar<int>() == 0);
  }
  CHECK(pooled.state.healed == heal_counts{});
}

TEST_CASE("a schema cannot be had through a pooler") {
  database_options how = sandbox_database("POOLER_URL");
  how.target.schema = "public";
  CHECK(refusal_of(how).outcome() == connect_outcome::misconfigured);
}

TEST_CASE("a pooler that tracks statements keeps them named") {
  if (!sandbox_has("TRACKING_POOLER_URL"))
    return;
  live_session pooled{"TRACKING_POOLER_URL"};
  CHECK(pooled.state.server.pooler_tracks_statements);
  CHECK(pooled.state.server.mode == statement_mode::named);
}

TEST_CASE("a refused connect says why and never the password") {
  database_options how = sandbox_database();
  const std::string password = how.target.password.reveal();
  connect_outcome expected{};
  SECTION("wrong password") {
    how.target.password = secret{"not the password"};
    expected = connect_outcome::authentication;
  }
  SECTION("a password of asterisks") {
    how.target.password = secret{"*"};
    expected = connect_outcome::authentication;
  }
  SECTION("missing database") {
    how.target.parameters["dbname"] = "no_such_database";
    expected = connect_outcome::no_database;
  }
  SECTION("closed port") {
    how.target.parameters["port"] = silent_listener{}.port;
    expected = connect_outcome::unreachable;
  }
  SECTION("unresolvable name") {
    how.target.parameters["host"] = "no-such-host.invalid";
    expected = connect_outcome::unreachable;
  }
  const connect_failure why = refusal_of(how);
  CAPTURE(why.what());
  CHECK(why.outcome() == expected);
  CHECK(std::string{why.what()}.find(password) == std::string::npos);
  CHECK(std::string{why.what()}.find("not the password") == std::string::npos);
}

TEST_CASE("a listener that never answers is given up at the deadline") {
  silent_listener nobody;
  nobody.start();
  database_options how = sandbox_database();
  how.target.parameters["port"] = nobody.port;
  const auto handle = std::make_shared<freehold::interrupter>();
  SECTION("undisturbed") {}
  SECTION("woken while it waits") {
    handle->wake();
  }
  const auto began = std::chrono::steady_clock::now();
  CHECK_THROWS_AS(postgres_sessions()({how.target, "test", 0, in(200ms), handle}), connect_failure);
  const auto took = std::chrono::steady_clock::now() - began;
  CHECK(took >= 190ms);
  CHECK(took < 1s);
}

TEST_CASE("a pending wake does not disturb a connect") {
  const database_options how = sandbox_database();
  const auto handle = std::make_shared<freehold::interrupter>();
  handle->wake();
  CHECK(postgres_sessions()({how.target, "test", 0, in(5s), handle})->backend_pid() > 0);
}

TEST_CASE("nothing of a destroyed session remains on the server") {
  observer outside;
  int pid = 0;
  SECTION("idle") {
    pid = live_session{}.backend();
  }
  SECTION("in a transaction") {
    live_session left;
    pid = left.backend();
    static_cast<void>(left.rows("BEGIN"));
    CHECK(left.on->in_transaction());
  }
  CHECK(outside.gone(pid));
}
