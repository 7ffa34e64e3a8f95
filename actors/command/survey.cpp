#include "actors/command/survey.hpp"

#include "actors/command/interview.hpp"
#include "runtime/session_state.hpp"

#include <algorithm>
#include <random>

namespace freehold::command {
namespace {

using std::chrono::duration_cast;
using std::chrono::microseconds;
using clock = std::chrono::steady_clock;

constexpr std::chrono::seconds second_session{2}; // a pool that has none left makes us wait
constexpr int round_trips = 20;

// As long and as made as that of a connection of the runtime.
std::string fresh_nonce() {
  std::random_device entropy;
  std::string made;
  for (int i = 0; i < 8; ++i)
    made += "0123456789abcdefghijklmnopqrstuvwxyz"[entropy() % 36];
  return made;
}

class surveyor {
public:
  surveyor(const database_options& options, clock::time_point deadline, const survey_tools& with,
           facts& found)
      : options_{options}, deadline_{deadline}, with_{with}, found_{found} {}

  void run() {
    state_.emplace(options_.statements, nonce_);
    const clock::time_point began = clock::now();
    session_ = connect(std::min(deadline_, began + options_.connect.timeout));
    found_.connected_in = duration_cast<microseconds>(clock::now() - began);
    state_->server = probe(*session_, options_, nonce_, deadline_);
    found_.traits = state_->server;
    interview talk{*session_, deadline_};
    if (const auto rows = talk.ask("SHOW server_version"); rows && !rows->empty())
      found_.version = rows->scalar<std::string>();
    measure(talk);
    ask_limits(talk, found_);
    ask_applications(talk, found_);
    ask_settings(talk, found_);
    ask_tls(talk, found_);
    ask_replication(talk, found_);
    if (found_.traits.pooler)
      found_.pooler = kind_of_pooler(talk);
    if (may_try_names())
      try_statement(talk);
  }

private:
  std::unique_ptr<session> connect(clock::time_point until) {
    return with_.connect({options_.target, "freehold-doctor", options_.statements.result_limit,
                          until, std::make_shared<interrupter>()});
  }

  // Names that a transaction pooler does not track would stay on a session of others.
  [[nodiscard]] bool may_try_names() const {
    return found_.traits.mode == statement_mode::unnamed || !found_.traits.pooler ||
           found_.traits.pooler_tracks_statements || found_.pooler == pooler_kind::session;
  }

  void measure(interview& talk) {
    microseconds shortest = microseconds::max();
    for (int i = 0; i < round_trips; ++i) {
      const clock::time_point sent = clock::now();
      const auto local = with_.local_time();
      const auto rows =
          talk.ask("SELECT (extract(epoch FROM clock_timestamp()) * 1000000)::bigint");
      const auto took = duration_cast<microseconds>(clock::now() - sent);
      if (!rows || rows->empty())
        return;
      found_.timing.round_trips.push_back(took);
      if (took >= shortest)
        continue;
      // The server looked at its clock halfway, as far as one can know.
      shortest = took;
      const microseconds theirs{rows->scalar<std::int64_t>()};
      const auto ours = duration_cast<microseconds>(local.time_since_epoch()) + took / 2;
      found_.timing.offset = theirs - ours;
      found_.timing.uncertainty = took / 2;
    }
  }

  // While a second client holds a transaction open, the first one's server session is either its
  // own still, or the second has it.
  pooler_kind kind_of_pooler(interview& talk) {
    try {
      const clock::time_point until = std::min(deadline_, clock::now() + second_session);
      const std::unique_ptr<session> other = connect(until);
      interview second{*other, until};
      const auto before = talk.ask("SELECT pg_backend_pid()");
      other->execute_unnamed("BEGIN", {});
      const auto theirs = second.ask("SELECT pg_backend_pid()");
      const auto after = talk.ask("SELECT pg_backend_pid()");
      static_cast<void>(second.ask("ROLLBACK"));
      if (!before || !theirs || !after)
        return pooler_kind::unknown;
      const int own = before->scalar<int>();
      return own == after->scalar<int>() && own != theirs->scalar<int>() ? pooler_kind::session
                                                                         : pooler_kind::transaction;
    } catch (const connect_failure&) { // the pooler has no room for a second one: not known then
      return pooler_kind::unknown;
    } catch (const interview_ended&) { // the same, said later
      return pooler_kind::unknown;
    }
  }

  // Twice, each in a transaction of its own, as a request would be run.
  void try_statement(interview& talk) {
    const statement what{"doctor", "SELECT $1::int + 1", read_only};
    found_.trial.emplace();
    for (int i = 0; i < 2 && found_.trial->failure.empty(); ++i) {
      bool prepared = false;
      std::size_t closes = 0;
      const std::string* name = state_->name(*session_, what, prepared, closes);
      found_.trial->named = name != nullptr;
      if (name != nullptr)
        session_->execute_prepared(*name, parameters::of(i));
      else
        session_->execute_unnamed(what.sql(), parameters::of(i));
      session_->sync();
      const auto rows = talk.collect();
      if (prepared && rows)
        state_->names.confirm(what);
      state_->names.end_batch();
      judge(talk, rows, i + 1);
    }
  }

  void judge(const interview& talk, const std::optional<result_set>& rows, int expected) {
    if (!rows) {
      found_.trial->failure = talk.refused().message;
      found_.trial->sqlstate = talk.refused().sqlstate;
    } else if (rows->size() != 1 || rows->scalar<int>() != expected) {
      found_.trial->failure = "the answer is not the one to what was asked";
    }
  }

  const database_options& options_;
  clock::time_point deadline_;
  const survey_tools& with_;
  facts& found_;
  const std::string nonce_ = fresh_nonce();
  std::unique_ptr<session> session_;
  std::optional<session_state> state_;
};

std::string ask_in_http(const address& where, const survey_tools& with) {
  if (!where.tcp || where.host.find(',') != std::string::npos)
    return {};
  return with.ask_http(where.host, std::stoi(where.port));
}

} // namespace

facts survey(const database_options& options, const std::string& service,
             std::chrono::milliseconds limit, const survey_tools& with) {
  facts found;
  found.name = options.name;
  found.service = service;
  found.options = options;
  found.where = address_of(options.target);
  const clock::time_point deadline = clock::now() + limit;
  try {
    surveyor{options, deadline, with, found}.run();
  } catch (const connect_failure& why) {
    const bool timed_out = std::string_view{why.what()}.ends_with("within connect.timeout");
    found.refused = refusal_facts{why.outcome(), why.sqlstate(), why.what(), timed_out, {}};
    // Somebody is there and does not speak as PostgreSQL does.
    if (why.outcome() == connect_outcome::unreachable && why.sqlstate().empty())
      found.refused->http = ask_in_http(found.where, with);
  } catch (const interview_ended& why) {
    found.ended = why.what();
  } catch (const std::exception& why) { // what answers there is not what the driver can serve
    found.refused = refusal_facts{connect_outcome::misconfigured, "", why.what(), false, {}};
  }
  return found;
}

} // namespace freehold::command
