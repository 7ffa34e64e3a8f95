#include "tests/support/scripted_session.hpp"

#include <algorithm>
#include <stdexcept>
#include <utility>

namespace freehold::testing {
namespace {

std::string entry(const std::string& sql, const parameters& values) {
  std::string text = sql;
  for (std::size_t i = 0; i < values.size(); ++i) {
    text += '|';
    if (!values.is_null(i))
      text.append(values.data(i), static_cast<std::size_t>(values.length(i)));
  }
  return text;
}

server_error error_with(std::string sqlstate, std::string routine = {}) {
  return refusal(std::move(sqlstate), std::move(routine)).why;
}

} // namespace

trouble refusal(std::string sqlstate, std::string routine, std::string severity) {
  server_error why;
  why.message = "scripted " + sqlstate;
  why.sqlstate = std::move(sqlstate);
  why.routine = std::move(routine);
  why.severity = std::move(severity);
  return {mishap::refuse, std::move(why)};
}

void scripted_server::make_stale(const std::string& sql) {
  for (auto& [name, statement] : prepared) {
    if (statement.sql == sql)
      statement.stale = true;
  }
}

std::size_t scripted_server::times(const std::string& what) const {
  return static_cast<std::size_t>(std::count(committed.begin(), committed.end(), what));
}

std::size_t scripted_session::count(const std::string& call) const {
  return static_cast<std::size_t>(std::count(calls.begin(), calls.end(), call));
}

void scripted_session::prepare(const std::string& name, const std::string& sql) {
  calls.push_back("prepare " + sql);
  queue_.push_back({part::prepare, name, sql, {}});
}

void scripted_session::execute_prepared(const std::string& name, const parameters& values) {
  calls.push_back("named " + name);
  queue_.push_back({part::named, name, {}, values});
}

void scripted_session::execute_unnamed(const std::string& sql, const parameters& values) {
  calls.push_back("unnamed " + sql);
  queue_.push_back({part::unnamed, {}, sql, values});
}

void scripted_session::sync() {
  calls.push_back("sync");
  queue_.push_back({part::sync, {}, {}, {}});
}

void scripted_session::cancel() {
  calls.push_back("cancel");
  cancelled_ = true;
}

std::string scripted_session::reported(const std::string& name) const {
  const auto found = reports.find(name);
  return found == reports.end() ? std::string{} : found->second;
}

session_reply scripted_session::next(time_point deadline) {
  asked_until = deadline;
  if (before_reply)
    before_reply();
  if (lost_ || queue_.empty())
    return end();
  if (stuck_) {
    if (stuck_->what == mishap::deaf || !cancelled_)
      return {reply_kind::timed_out, {}, {}};
    stuck_.reset();
    cancelled_ = false;
    queue_.pop_front();
    return fail(error_with("57014"));
  }
  cancelled_ = false; // it hit nobody
  const command c = queue_.front();
  session_reply reply = run(c);
  if (!stuck_ && !queue_.empty())
    queue_.pop_front();
  return reply;
}

session_reply scripted_session::run(const command& c) {
  if (c.what == part::sync)
    return run_sync();
  if (skipping_)
    return {reply_kind::skipped, {}, {}};
  return c.what == part::prepare ? run_prepare(c) : run_execute(c);
}

session_reply scripted_session::run_prepare(const command& c) {
  if (block_ == block::failed)
    return fail(error_with("25P02"));
  if (!server->prepared.try_emplace(c.name, scripted_server::prepared_statement{c.sql}).second) {
    return fail(error_with("42P05"));
  }
  return {reply_kind::result, {}, {}};
}

session_reply scripted_session::run_execute(const command& c) {
  std::string sql = c.sql;
  if (c.what == part::named) {
    const auto found = server->prepared.find(c.name);
    if (found == server->prepared.end())
      return fail(error_with("26000"));
    if (found->second.stale)
      return fail(error_with("0A000", "RevalidateCachedQuery"));
    sql = found->second.sql;
  }
  ++executes_;
  const std::optional<trouble> met = trouble_of(sql, c.values);
  if (!met)
    return perform(sql, c.values);
  switch (met->what) {
  case mishap::refuse:
    if (met->why.severity == "FATAL") {
      end();
      return session_reply::without_result(reply_kind::failed, met->why);
    }
    return fail(met->why);
  case mishap::lose_before:
    return end();
  case mishap::lose_after: {
    static_cast<void>(perform(sql, c.values));
    return end();
  }
  case mishap::too_large:
    static_cast<void>(perform(sql, c.values));
    return session_reply::without_result(reply_kind::too_large, {});
  case mishap::unconfirmed: // of a Sync, not of a command
  case mishap::hang:
  case mishap::deaf:
    break;
  }
  stuck_ = met;
  return {reply_kind::timed_out, {}, {}};
}

std::optional<trouble> scripted_session::trouble_of(const std::string& sql,
                                                    const parameters& values) {
  if (plan) {
    if (std::optional<trouble> planned = plan(&sql, values))
      return planned;
  }
  if (const auto found = at_execute.find(executes_); found != at_execute.end()) {
    return found->second;
  }
  const auto planned = at_sql.find(sql);
  if (planned == at_sql.end() || planned->second.empty())
    return std::nullopt;
  trouble first = planned->second.front();
  planned->second.pop_front();
  return first;
}

session_reply scripted_session::perform(const std::string& sql, const parameters& values) {
  if (std::optional<session_reply> done = control(sql))
    return *std::move(done);
  if (block_ == block::failed)
    return fail(error_with("25P02"));
  pending_.push_back(entry(sql, values));
  if (server->respond) {
    if (std::optional<result_set> rows = server->respond(sql, values)) {
      return {reply_kind::result, *std::move(rows), {}};
    }
  }
  const auto known = server->answers.find(sql);
  if (known == server->answers.end()) {
    if (std::optional<result_set> told = server->transactions->answer(sql, values, id_))
      return {reply_kind::result, *std::move(told), {}};
  }
  return {reply_kind::result,
          known != server->answers.end() ? known->second
                                         : make_result_set({"echo"}, {{entry(sql, values)}}),
          {}};
}

void scripted_session::close_transaction(bool committed) {
  if (id_)
    server->transactions->end(*std::exchange(id_, std::nullopt), committed);
}

// The commands that the runtime itself sends.
std::optional<session_reply> scripted_session::control(const std::string& sql) {
  if (sql.starts_with("BEGIN")) {
    block_ = block::open;
    return session_reply{reply_kind::result, {}, {}};
  }
  if (sql == "COMMIT" || sql == "ROLLBACK") {
    const bool commits = sql == "COMMIT" && block_ == block::open;
    if (commits)
      server->committed.insert(server->committed.end(), pending_.begin(), pending_.end());
    close_transaction(commits);
    pending_.clear();
    block_ = block::none;
    return session_reply{reply_kind::result, {}, {}};
  }
  if (constexpr std::string_view drop = "DEALLOCATE "; sql.starts_with(drop)) {
    if (block_ == block::failed)
      return fail(error_with("25P02"));
    if (server->prepared.erase(sql.substr(drop.size())) == 0)
      return fail(error_with("26000"));
    return session_reply{reply_kind::result, {}, {}};
  }
  return std::nullopt;
}

session_reply scripted_session::run_sync() {
  const auto planned = at_sync.find(++syncs_);
  std::optional<trouble> met;
  if (plan && !std::exchange(planned_sync_, true))
    met = plan(nullptr, {});
  if (planned != at_sync.end())
    met = planned->second;
  if (met && met->what == mishap::lose_before)
    return end();
  if (met && met->what == mishap::refuse && !skipping_) {
    static_cast<void>(fail(met->why));
    --syncs_;
    if (planned != at_sync.end())
      at_sync.erase(planned);
    queue_.push_front({part::sync, {}, {}, {}}); // the Sync itself follows
    return session_reply::without_result(reply_kind::failed, met->why);
  }
  skipping_ = false;
  planned_sync_ = false;
  if (block_ == block::none) {
    server->committed.insert(server->committed.end(), pending_.begin(), pending_.end());
    pending_.clear();
  }
  if (met && met->what == mishap::lose_after)
    return end();
  return {reply_kind::synced, {}, {}, met && met->what == mishap::unconfirmed};
}

session_reply scripted_session::fail(const server_error& why) {
  skipping_ = true;
  pending_.clear();
  close_transaction(false);
  if (block_ != block::none)
    block_ = block::failed;
  return session_reply::without_result(reply_kind::failed, why);
}

session_reply scripted_session::end() {
  lost_ = true;
  close_transaction(false);
  block_ = block::none;
  queue_.clear();
  pending_.clear();
  server_error why;
  why.message = "scripted loss";
  return session_reply::without_result(reply_kind::lost, std::move(why));
}

std::size_t scripted_session::copy_in(const std::string& sql,
                                      const std::function<std::optional<std::string>()>& next,
                                      time_point) {
  calls.push_back("copy_in " + sql);
  std::size_t pieces = 0;
  while (next())
    ++pieces;
  return pieces;
}

std::size_t scripted_session::copy_out(const std::string& sql,
                                       const std::function<void(std::string_view)>&, time_point) {
  calls.push_back("copy_out " + sql);
  return 0;
}

void scripted_session::with_pqxx(const std::function<void(pqxx::transaction_base&)>&,
                                 std::chrono::milliseconds, const bound_statement*) {
  throw std::logic_error{"a scripted session has no libpqxx"};
}

} // namespace freehold::testing
