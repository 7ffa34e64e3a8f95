// Requests on a scripted session, and where their answers arrive.
#pragma once

#include "runtime/conversation.hpp"
#include "runtime/pipeline.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/scripted_session.hpp"

#include <memory>
#include <string>
#include <utility>
#include <vector>

namespace freehold::testing {

using namespace std::chrono_literals;

/// Counts its answers.
class counting_receiver final : public receiver {
public:
  void receive(outcome&& answer) noexcept override {
    ++answers;
    last = std::move(answer);
  }
  [[nodiscard]] bool abandoned() const noexcept override { return dropped; }
  int answers = 0;
  bool dropped = false;
  outcome last;
};

struct sent_request {
  std::shared_ptr<counting_receiver> to = std::make_shared<counting_receiver>();
  request_ptr what;

  [[nodiscard]] std::string echo() const {
    REQUIRE(to->answers == 1);
    if (to->last.why)
      FAIL(to_string(*to->last.why));
    return std::get<result_set>(to->last.value).scalar<std::string>();
  }
  [[nodiscard]] error why() const {
    REQUIRE(to->answers == 1);
    REQUIRE(to->last.why);
    return *to->last.why;
  }
};

[[nodiscard]] inline sent_request ask(std::vector<bound_statement> steps,
                                      request_kind kind = request_kind::execute,
                                      std::chrono::milliseconds time = 10s) {
  sent_request one;
  const auto now = std::chrono::steady_clock::now();
  one.what = std::make_shared<request>(kind, std::move(steps), now, now + time, 7, one.to);
  return one;
}

inline const statement read_a{"a", "SELECT a", read_only};
inline const statement read_b{"b", "SELECT b", read_only};
inline const statement write_a{"wa", "UPDATE a"};
inline const statement write_b{"wb", "UPDATE b"};

[[nodiscard]] inline sent_request ask_for(const statement& what) {
  return ask({bind(what)});
}

/// A scripted session in named mode, with all that a pipeline needs.
struct bench {
  std::shared_ptr<scripted_server> server = std::make_shared<scripted_server>();
  scripted_session on{server};
  statement_options options;
  session_state state{options, "n1"};

  bench() { state.server.mode = statement_mode::named; }

  std::vector<attempt_failure> run(const std::vector<sent_request>& all) {
    std::vector<request_ptr> batch;
    for (const sent_request& each : all)
      batch.push_back(each.what);
    return pipeline{on, state, options}.run(std::move(batch));
  }
};

} // namespace freehold::testing
