// Those who use the database of a simulation, and what they know.
#pragma once

#include "actors/database_core.hpp"
#include "tests/simulation/plan.hpp"
#include "tests/simulation/record.hpp"
#include "tests/simulation/timeline.hpp"

#include <array>
#include <deque>
#include <map>
#include <string>
#include <vector>

namespace freehold::simulation {

/// What one caller asked for and was told. Everything that a request runs
/// carries its number, so that the server can tell whose it is.
struct asked {
  std::uint64_t id = 0;
  request_kind kind = request_kind::execute;
  freehold::effect effect = effect::writes;
  std::string what;
  time_point deadline;
  std::uint64_t lease = 0;         ///< on which it ran
  bool in_transaction = false;     ///< of that lease: its own success is not the last word
  bool commits = false;            ///< the transaction of that lease
  bool over = false;               ///< a lease that was given back
  bool careless = false;           ///< a function that goes on after a failed statement
  std::vector<std::string> writes; ///< what the server keeps when it takes effect
  std::string echo;                ///< the right result of a single statement
  bool abandoned = false;
  int answers = 0;
  time_point answered;
  outcome answer;
  std::weak_ptr<request> alive;

  [[nodiscard]] bool succeeded() const { return answers > 0 && !answer.why; }
};

/// A thing that a transaction function may do to the connection's thread.
using napping = std::function<void(milliseconds)>;

/// A statement that carries its request's number.
[[nodiscard]] bound_statement numbered(const statement& what, std::uint64_t id,
                                       std::uint64_t step = 0);

class callers {
public:
  callers(const plan& p, dice& random, timeline& time, const trace& log)
      : plan_{p}, random_{random}, time_{time}, trace_{log} {}
  callers(const callers&) = delete;
  callers& operator=(const callers&) = delete;

  /// Plans all requests, from now on.
  void begin(std::shared_ptr<database_core> on, napping nap);
  /// One plain read.
  const asked& probe();
  /// No more requests, and every lease given back.
  void leave();

  [[nodiscard]] const std::deque<asked>& all() const noexcept { return all_; }
  /// By the number that a statement carries; null when it carries none.
  [[nodiscard]] const asked* owner(const std::string& sql, const parameters& values) const;
  /// A statement of theirs, whose plan may go stale.
  [[nodiscard]] std::string some_sql();

private:
  class caller;
  struct lease_user {
    std::shared_ptr<lease_grant> grant;
    milliseconds timeout;
    std::uint64_t left; // statements to run
    bool commits;
    bool opens_block; // with a BEGIN of its own
    bool transactional;
    bool in_block; // of the holder's own, as far as the holder knows
  };

  asked& note(request_kind kind, freehold::effect effect, std::string what, milliseconds timeout);
  std::shared_ptr<receiver> answer_to(const asked& who);
  void send(asked& who, const request_ptr& what, bool from_callback);
  void ask(bool from_callback = false);
  void ask_statement(bool from_callback);
  void ask_script();
  void ask_function();
  void ask_lease();
  std::function<std::any(transaction&)> body(std::uint64_t id);
  void receive(std::uint64_t id, outcome&& answer) noexcept;
  void begin_lease(std::uint64_t id, std::shared_ptr<lease_grant> grant);
  void use_lease(std::uint64_t id);
  void run_on_lease(std::uint64_t id, lease_user& user, bool block);
  void end_lease(std::uint64_t id, lease_user& user);
  [[nodiscard]] statement some_statement(freehold::effect effect);

  const plan& plan_;
  dice& random_;
  timeline& time_;
  const trace& trace_;
  std::shared_ptr<database_core> core_;
  napping nap_;
  std::deque<asked> all_; // by id, from 1
  std::map<std::uint64_t, lease_user> leases_;
  std::size_t follow_ups_ = 0;
  bool left_ = false;
};

} // namespace freehold::simulation
