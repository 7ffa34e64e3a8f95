// A session that answers every statement with the same row, at next to no cost.
#pragma once

#include "runtime/session.hpp"

#include <deque>
#include <stdexcept>

namespace bench {

class null_session final : public freehold::session {
public:
  void prepare(const std::string&, const std::string&) override { queue_.push_back(part::nothing); }
  void execute_prepared(const std::string&, const freehold::parameters&) override {
    queue_.push_back(part::row);
  }
  void execute_unnamed(const std::string& sql, const freehold::parameters&) override {
    const bool probe = sql.find("pg_backend_pid") != std::string::npos;
    queue_.push_back(probe ? part::probe : part::nothing);
  }
  void sync() override { queue_.push_back(part::sync); }
  freehold::session_reply next(time_point) override {
    if (queue_.empty())
      return freehold::session_reply::without_result(freehold::reply_kind::lost, {});
    const part first = queue_.front();
    queue_.pop_front();
    if (first == part::sync)
      return {freehold::reply_kind::synced, {}, {}};
    return {freehold::reply_kind::result,
            first == part::row     ? row_
            : first == part::probe ? probe_
                                   : freehold::result_set{},
            {}};
  }
  void cancel() override {}
  bool in_transaction() const override { return false; }
  bool in_failed_transaction() const override { return false; }
  int backend_pid() const override { return 4711; }
  int server_version() const override { return 150018; }
  std::string reported(const std::string&) const override { return {}; }
  std::size_t copy_in(const std::string&, const std::function<std::optional<std::string>()>&,
                      time_point) override {
    throw std::logic_error{"a null session copies nothing"};
  }
  std::size_t copy_out(const std::string&, const std::function<void(std::string_view)>&,
                       time_point) override {
    throw std::logic_error{"a null session copies nothing"};
  }
  void with_pqxx(const std::function<void(pqxx::transaction_base&)>&, std::chrono::milliseconds,
                 const freehold::bound_statement*) override {
    throw std::logic_error{"a null session has no libpqxx"};
  }

private:
  enum class part { nothing, row, probe, sync };

  std::deque<part> queue_;
  const freehold::result_set row_ = freehold::make_result_set(
      {"id", "name"}, {{"4711", "item c4ca4238a0b923820dcc509a6f75849b"}});
  /// A direct server: what was announced is the backend.
  const freehold::result_set probe_ = freehold::make_result_set(
      {"pid", "same", "strict", "set", "start"}, {{"4711", "t", "f", "", "today"}});
};

} // namespace bench
