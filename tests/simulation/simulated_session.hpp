// A scripted session in simulated time, with a plan of what goes wrong.
#pragma once

#include "tests/simulation/server_model.hpp"

#include <deque>
#include <set>

namespace freehold::simulation {

class simulated_session final : public session {
public:
  simulated_session(server_model& model, std::uint64_t number, caf::strong_actor_ptr owner,
                    std::shared_ptr<interrupter> handle,
                    std::shared_ptr<testing::scripted_server> backend);
  ~simulated_session() override;

  [[nodiscard]] time_point now() const override { return model_.time_.now(); }
  void prepare(const std::string& name, const std::string& sql) override;
  void execute_prepared(const std::string& name, const parameters& values) override;
  void execute_unnamed(const std::string& sql, const parameters& values) override;
  void sync() override;
  session_reply next(time_point deadline) override;
  void cancel() override;
  [[nodiscard]] bool in_transaction() const override { return inner_.in_transaction(); }
  [[nodiscard]] bool in_failed_transaction() const override {
    return inner_.in_failed_transaction();
  }
  [[nodiscard]] int backend_pid() const override { return inner_.backend_pid(); }
  [[nodiscard]] int server_version() const override { return inner_.server_version(); }
  [[nodiscard]] std::string reported(const std::string& name) const override {
    return inner_.reported(name);
  }
  std::size_t copy_in(const std::string& sql,
                      const std::function<std::optional<std::string>()>& next,
                      time_point deadline) override {
    return inner_.copy_in(sql, next, deadline);
  }
  std::size_t copy_out(const std::string& sql, const std::function<void(std::string_view)>& row,
                       time_point deadline) override {
    return inner_.copy_out(sql, row, deadline);
  }
  void with_pqxx(const std::function<void(pqxx::transaction_base&)>& body,
                 milliseconds statement_timeout, const bound_statement* first) override {
    inner_.with_pqxx(body, statement_timeout, first);
  }

  const std::uint64_t number;
  const caf::strong_actor_ptr owner;
  const std::shared_ptr<testing::scripted_server>& names() const { return inner_.server; }

  // What the model remembers of it.
  std::uint64_t block_of = 0;     ///< the request or lease whose transaction is open
  std::uint64_t lease = 0;        ///< that ran its latest statement
  bool implicit = false;          ///< ran a statement whose transaction ends with its Sync
  std::uint64_t surprised_at = 0; ///< statements since the latest surprise
  std::size_t disowned = 0;       ///< names that it has and said that it had not
  std::size_t foreign = 0;        ///< names of others among those on its backend

private:
  void queued(const parameters& values);
  session_reply lost(const char* why);
  session_reply wait_in_vain(time_point deadline);
  session_reply answered(session_reply&& reply);
  void run_on();

  server_model& model_;
  std::shared_ptr<interrupter> interrupter_;
  testing::scripted_session inner_;
  std::set<std::uint64_t> under_way_; // requests
  time_point due_{};                  // the next answers
  bool in_group_ = false;
  bool mute_ = false; // hung or deaf
  bool dead_ = false;
  bool lost_ = false;
  bool running_on_ = false;
};

} // namespace freehold::simulation
