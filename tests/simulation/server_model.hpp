// The server of a simulation: what it lets happen, and what really happened.
#pragma once

#include "tests/simulation/callers.hpp"
#include "tests/support/scripted_session.hpp"

#include <map>
#include <memory>
#include <set>
#include <string>
#include <vector>

namespace freehold::simulation {

class simulated_session;

class server_model {
public:
  server_model(const plan& p, dice& random, timeline& time, const trace& log, verdict& laws,
               const callers& users);
  server_model(const server_model&) = delete;
  server_model& operator=(const server_model&) = delete;
  ~server_model();

  [[nodiscard]] std::unique_ptr<session> connect(const session_request& from);
  /// From now on nothing goes wrong.
  void calm() noexcept { calm_ = true; }

  // -- what administrators do ------------------------------------------------
  void change_table(const std::string& sql);
  void reset_names();
  /// The actor behind one of the sessions; null when there is none.
  [[nodiscard]] caf::strong_actor_ptr some_owner();
  /// The thread of the running actor does not look at its session for that long.
  void nap(milliseconds time);

  // -- what sessions ask ------------------------------------------------------
  [[nodiscard]] std::optional<testing::trouble>
  trouble_of(simulated_session& on, const std::string* sql, const parameters& values);
  /// The server goes on with what it got, but nobody hears of it.
  [[nodiscard]] bool blackout();
  [[nodiscard]] bool coin() { return random_.chance(0.5); }
  [[nodiscard]] microseconds latency();
  [[nodiscard]] std::shared_ptr<testing::scripted_server> backend();
  /// Whether somebody else has just prepared a statement under that name.
  [[nodiscard]] bool is_taken(simulated_session& on);
  void check_name(const simulated_session& on, const std::string& name, const std::string& sql);
  void check_turn(simulated_session& on, const std::string& sql, const parameters& values);
  void gone(const simulated_session& who);

  // -- the truth --------------------------------------------------------------
  /// How often each took effect, by "SQL|number|step".
  [[nodiscard]] std::map<std::string, std::size_t> committed() const;
  [[nodiscard]] std::size_t alive() const noexcept { return sessions_.size(); }
  [[nodiscard]] std::size_t connecting() const noexcept { return connecting_; }
  [[nodiscard]] std::size_t surprises() const noexcept { return surprises_; }

  const plan& plan_;
  timeline& time_;
  const trace& trace_;
  verdict& laws_;
  const callers& users_;

private:
  [[nodiscard]] std::optional<testing::trouble> trouble_of_session(bool sync);
  [[nodiscard]] std::optional<testing::trouble> trouble_of_work(simulated_session& on);
  void try_connect(const session_request& from);
  std::shared_ptr<testing::scripted_server> make_backend();

  dice& random_;
  std::shared_ptr<testing::transaction_log> transactions_ =
      std::make_shared<testing::transaction_log>();
  std::vector<std::shared_ptr<testing::scripted_server>> backends_;
  std::set<simulated_session*> napping_;
  std::vector<simulated_session*> sessions_;
  std::map<std::string, std::pair<std::string, std::uint64_t>> names_; // -> SQL, session
  std::map<std::uint64_t, std::uint64_t> leased_on_;                   // lease -> session
  std::uint64_t sessions_so_far_ = 0;
  std::size_t connecting_ = 0;
  std::size_t surprises_ = 0;
  bool calm_ = false;
};

} // namespace freehold::simulation
