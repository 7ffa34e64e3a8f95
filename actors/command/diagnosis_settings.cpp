// The server's settings that hurt. Values are those that a new session gets.

#include "actors/command/diagnosis.hpp"

#include <fmt/format.h>

#include <cstdlib>

namespace freehold::command {
namespace {

constexpr auto settings_topic = "settings";

class examination {
public:
  explicit examination(const facts& seen) : seen_{seen} {}

  findings made() {
    durability();
    timeouts();
    idle_timeouts();
    transactions();
    logging();
    keepalives();
    if (found_.empty())
      found_.push_back({severity::ok, settings_topic, "No setting of the server stands in the way",
                        fmt::format("{} were looked at", seen_.settings.size()), ""});
    return std::move(found_);
  }

private:
  [[nodiscard]] std::string value(const char* name) const {
    const auto found = seen_.settings.find(name);
    return found == seen_.settings.end() ? std::string{} : found->second;
  }
  [[nodiscard]] std::optional<long long> number(const char* name) const {
    const std::string text = value(name);
    return text.empty() ? std::nullopt : std::optional{std::strtoll(text.c_str(), nullptr, 10)};
  }
  void tell(severity level, std::string title, std::string detail, std::string advice) {
    found_.push_back(
        {level, settings_topic, std::move(title), std::move(detail), std::move(advice)});
  }
  [[nodiscard]] std::string for_role(const std::string& setting) const {
    const std::string role = seen_.limits ? seen_.limits->role : seen_.where.user;
    return fmt::format("ALTER ROLE {} SET {}", role.empty() ? "..." : role, setting);
  }

  void durability() {
    if (value("fsync") == "off")
      tell(severity::warning, "fsync is off",
           "a power failure or a crash of the machine can destroy the whole database",
           "ALTER SYSTEM SET fsync = on, and reload; off is for data that may be lost");
    if (value("full_page_writes") == "off")
      tell(severity::warning, "full_page_writes is off",
           "a crash of the machine can leave half-written pages behind",
           "ALTER SYSTEM SET full_page_writes = on, and reload");
    if (value("synchronous_commit") == "off")
      tell(severity::warning, "synchronous_commit is off",
           "a crash of the server can lose transactions whose commit was answered",
           for_role("synchronous_commit = on") + ", or off in those transactions alone that may "
                                                 "be lost (SET LOCAL)");
  }

  void timeouts() {
    const auto limit = number("statement_timeout");
    const long long ours = seen_.options.statements.timeout.count();
    if (limit && *limit > 0 && *limit < ours)
      tell(
          severity::warning, "statement_timeout is shorter than statements.timeout",
          fmt::format("the server cancels after {} ms what the runtime allows {} ms", *limit, ours),
          for_role(fmt::format("statement_timeout = '{}ms'", 2 * ours)) +
              ", or a shorter statements.timeout");
    else if (limit && *limit == 0)
      tell(severity::note, "statement_timeout is off",
           "the runtime cancels at its deadlines; but what a process that died had started, runs "
           "to its end",
           for_role(fmt::format("statement_timeout = '{}s'", std::max(2 * ours / 1000, 1LL))));
    const auto transaction = number("transaction_timeout");
    if (transaction && *transaction > 0 && *transaction < ours)
      tell(severity::warning, "transaction_timeout is shorter than statements.timeout",
           fmt::format("the server ends the session after {} ms", *transaction),
           for_role("transaction_timeout = 0") + ", or a shorter statements.timeout");
  }

  void idle_timeouts() {
    const auto in_transaction = number("idle_in_transaction_session_timeout");
    // On a direct server each session of ours sets its own.
    if (seen_.traits.pooler && in_transaction && *in_transaction == 0)
      tell(severity::note, "idle_in_transaction_session_timeout is off",
           "behind a pooler the runtime does not set it: a transaction whose client vanished "
           "keeps its locks",
           for_role(
               fmt::format("idle_in_transaction_session_timeout = '{}s'",
                           seen_.options.statements.idle_in_transaction_timeout.count() / 1000)));
    const auto idle = number("idle_session_timeout");
    const long long ping = seen_.options.liveness.ping_interval.count();
    if (idle && *idle > 0 && *idle <= ping)
      tell(severity::warning, "idle_session_timeout ends the pool's sessions",
           fmt::format("the server ends a session at rest after {} ms; the pool asks for a sign of "
                       "life every {} ms",
                       *idle, ping),
           for_role("idle_session_timeout = 0") + ", or a shorter liveness.ping_interval");
  }

  void transactions() {
    const std::string isolation = value("default_transaction_isolation");
    if (isolation == "serializable" || isolation == "repeatable read")
      tell(severity::note, "default_transaction_isolation is stricter than read committed",
           fmt::format("it is {}: reads do not share a transaction then, which costs throughput, "
                       "and writes can fail with 40001, which the runtime repeats where it may",
                       isolation),
           for_role("default_transaction_isolation = 'read committed'") +
               ", and the stricter level where it is needed (transaction_options::isolation)");
    const bool standby = seen_.replication && seen_.replication->standby;
    if (value("default_transaction_read_only") == "on" && !standby)
      tell(severity::warning, "default_transaction_read_only is on",
           "every write is refused (25006) unless its transaction says READ WRITE",
           for_role("default_transaction_read_only = off"));
  }

  void logging() {
    if (value("log_statement") == "all")
      tell(severity::warning, "log_statement is all",
           "every statement, and with it the values of its parameters, is written to the server's "
           "log: slow, large, and secrets are in it",
           "ALTER SYSTEM SET log_statement = 'ddl', and reload; log_min_duration_statement shows "
           "the slow ones");
    if (number("log_min_duration_statement") == 0)
      tell(severity::warning, "log_min_duration_statement is 0",
           "every statement, and with it the values of its parameters, is written to the server's "
           "log: slow, large, and secrets are in it",
           "ALTER SYSTEM SET log_min_duration_statement = '500ms', and reload");
  }

  void keepalives() {
    const auto idle = number("tcp_keepalives_idle");
    constexpr long long long_time = 600;
    // 0 is the system's, two hours mostly.
    if (!seen_.where.same_host && !seen_.traits.pooler && idle && (*idle == 0 || *idle > long_time))
      tell(severity::note, "tcp_keepalives_idle is long",
           fmt::format("the session of a machine that vanished stays for {}",
                       *idle == 0 ? "two hours, if the system was not told otherwise"
                                  : fmt::format("{} s", *idle)),
           "ALTER SYSTEM SET tcp_keepalives_idle = 60, and reload");
  }

  const facts& seen_;
  findings found_;
};

} // namespace

findings diagnose_settings(const facts& seen) {
  return seen.settings.empty() ? findings{} : examination{seen}.made();
}

} // namespace freehold::command
