// A session with a real server, and what belongs to it.
#pragma once

#include "runtime/conversation.hpp"
#include "runtime/pipeline.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/sandbox.hpp"

#include <string>
#include <utility>
#include <vector>

namespace freehold::testing {

using namespace std::chrono_literals;

[[nodiscard]] inline session::time_point in(std::chrono::milliseconds time) {
  return std::chrono::steady_clock::now() + time;
}

/// A request and the place where its answer arrives.
struct asked {
  std::shared_ptr<waiting_receiver> answer = std::make_shared<waiting_receiver>();
  request_ptr what;

  asked(request_kind kind, std::vector<bound_statement> steps, std::chrono::milliseconds time = 10s)
      : what{std::make_shared<request>(kind, std::move(steps), std::chrono::steady_clock::now(),
                                       in(time), 7, answer)} {}
  explicit asked(bound_statement one, std::chrono::milliseconds time = 10s)
      : asked{request_kind::execute, {std::move(one)}, time} {}

  [[nodiscard]] bool ready() const { return answer->ready(); }
  [[nodiscard]] result_set rows() const {
    REQUIRE(answer->ready());
    outcome got = answer->take();
    if (got.why)
      FAIL(to_string(*got.why));
    return std::get<result_set>(std::move(got.value));
  }
  [[nodiscard]] error why() const {
    REQUIRE(answer->ready());
    const outcome got = answer->take();
    REQUIRE(got.why);
    return *got.why;
  }
};

struct live_session {
  database_options options;
  std::shared_ptr<freehold::interrupter> handle = std::make_shared<freehold::interrupter>();
  std::unique_ptr<session> on;
  session_state state;

  explicit live_session(const std::string& url = "URL", std::size_t limit = 0)
      : live_session{sandbox_database(url), limit} {}
  explicit live_session(database_options how, std::size_t limit = 0)
      : options{std::move(how)}, state{options.statements, "t1"} {
    if (limit != 0)
      options.statements.result_limit = limit;
    on = postgres_sessions()(
        {options.target, "freehold-test", options.statements.result_limit, in(5s), handle});
    state.server = probe(*on, options, "t1", in(5s));
  }

  std::vector<attempt_failure> run(std::vector<request_ptr> batch) {
    return pipeline{*on, state, options.statements}.run(std::move(batch));
  }
  result_set rows(const bound_statement& one) {
    const asked single{one};
    const std::vector<attempt_failure> failures = run({single.what});
    if (!failures.empty())
      FAIL(to_string(failures.front().why));
    return single.rows();
  }
  result_set rows(const std::string& sql) { return rows(bind(statement{"ad hoc", sql})); }
  [[nodiscard]] int backend() { return rows("SELECT pg_backend_pid()").scalar<int>(); }
};

/// Looks at the server from outside.
struct observer : live_session {
  observer() : live_session{"ADMIN_URL"} {}
  /// Waits until a count is zero: the server notices that a client has gone in its own time.
  [[nodiscard]] bool becomes_zero(const bound_statement& count) {
    const session::time_point give_up = in(5s);
    while (rows(count).scalar<int>() != 0) {
      if (std::chrono::steady_clock::now() > give_up)
        return false;
      static_cast<void>(rows("SELECT pg_sleep(0.01)"));
    }
    return true;
  }
  [[nodiscard]] bool gone(int pid) {
    return becomes_zero(bind(statement{"alive", "SELECT count(*) FROM pg_stat_activity "
                                                "WHERE pid = $1"},
                             pid));
  }
  void terminate(int pid) {
    static_cast<void>(rows(bind(statement{"kill", "SELECT pg_terminate_backend($1, 5000)"}, pid)));
  }
};

} // namespace freehold::testing
