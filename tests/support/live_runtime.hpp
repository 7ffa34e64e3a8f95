// A runtime on the servers of the sandbox, and what can be counted of it.
#pragma once

#include "tests/support/eventually.hpp"
#include "tests/support/live_session.hpp"
#include "tests/support/process_counts.hpp"

#include <freehold/freehold.hpp>
#include <spdlog/sinks/ostream_sink.h>

#include <sstream>

namespace freehold::testing {

/// Of a service with that name; `service` is how its sessions are told apart.
[[nodiscard]] inline config sandbox_config(const std::string& service,
                                           const std::string& url = "URL",
                                           std::size_t connections = 8) {
  config made = config_from_url(sandbox(url));
  made.runtime.service = service;
  made.runtime.drain_timeout = 2s;
  // The machine may be so busy with other things that everything waits.
  made.databases.front().shedding.enabled = false;
  made.databases.front().pool.max_connections = connections;
  made.databases.front().pool.min_connections = std::min<std::size_t>(connections, 2);
  return made;
}

/// A runtime that keeps its log to itself.
class live_runtime {
public:
  explicit live_runtime(config options)
      : service{options.runtime.service}, on{std::move(options), {nullptr, {sink_}}},
        db{on.database("primary")} {}

  /// What was logged; only when the runtime has stopped.
  [[nodiscard]] std::string log() const { return log_->str(); }

private:
  // A thread that is left behind may log when this is gone: the sink keeps its stream.
  std::shared_ptr<std::ostringstream> log_ = std::make_shared<std::ostringstream>();
  spdlog::sink_ptr sink_{new spdlog::sinks::ostream_sink_mt{*log_},
                         [kept = log_](spdlog::sinks::sink* sink) { delete sink; }};

public:
  const std::string service;
  freehold::runtime on;
  database db;
};

/// A statement that is its own name.
[[nodiscard]] inline statement sql(const std::string& text, effect what = writes) {
  return statement{text, text, what};
}

/// Why it failed.
template <class T>
[[nodiscard]] error why_not(future<T> answer) {
  try {
    static_cast<void>(answer.get());
  } catch (const failure& why) {
    return why.why();
  }
  FAIL("it succeeded");
  return {};
}

[[nodiscard]] inline error why_not(const database& db, const std::string& text) {
  return why_not(db.execute(sql(text)));
}

[[nodiscard]] inline bool says(const error& why, const std::string& part) {
  return to_string(why).find(part) != std::string::npos;
}

/// Sessions of a service that the server knows.
[[nodiscard]] inline int sessions_of(observer& outside, const std::string& service) {
  return outside
      .rows(freehold::bind(statement{"sessions of", "SELECT count(*) FROM pg_stat_activity "
                                                    "WHERE application_name LIKE $1 || '/%'"},
                           service))
      .scalar<int>();
}

/// Ends all of a service's sessions and says how many those were.
inline int terminate_all(observer& outside, const std::string& service) {
  return outside
      .rows(
          freehold::bind(statement{"end sessions of",
                                   "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity "
                                   "WHERE application_name LIKE $1 || '/%'"},
                         service))
      .scalar<int>();
}

} // namespace freehold::testing
