// The options for what runs on a session: [database.NAME.statements] and
// [database.NAME.lease].
#include "config/option_table.hpp"

namespace freehold::configuration {
namespace {

template <auto Member>
constexpr accessor statements() {
  return through<database_options, &database_options::statements, Member>();
}

template <auto Member>
constexpr accessor leases() {
  return through<database_options, &database_options::lease, Member>();
}

std::vector<option> cache_options() {
  return {
      {.key = "policy",
       .measured_in = unit::policy,
       .development = "auto",
       .production = "auto",
       .effect = "Whether statements are prepared under a name. `auto` asks each new session "
                 "whether a transaction pooler stands in between; `named` and `unnamed` decide "
                 "without asking. `unnamed` works everywhere and parses at every execution.",
       .origin = "a probe knows better than a default",
       .applies = reload::new_connections,
       .member = statements<&statement_options::policy>()},
      {.key = "cache_size",
       .measured_in = unit::count,
       .development = "100",
       .production = "200",
       .minimum = "1",
       .maximum = "10000",
       .effect = "Prepared statements kept on one session; the least recently used goes first. "
                 "More parses less often and takes memory in every backend.",
       .origin = "userver, PgBouncer: 200",
       .applies = reload::new_connections,
       .member = statements<&statement_options::cache_size>()},
      {.key = "cache_sql_limit",
       .measured_in = unit::bytes,
       .development = "16 KiB",
       .production = "16 KiB",
       .minimum = "256 B",
       .maximum = "16 MiB",
       .effect = "A statement with a longer text is run without being kept. More keeps "
                 "generated statements; less bounds the memory of backends.",
       .origin = "chosen: hand-written SQL stays well below",
       .applies = reload::new_connections,
       .member = statements<&statement_options::cache_sql_limit>()},
  };
}

option required_settings() {
  return {.key = "required_settings",
          .measured_in = unit::names,
          .development = "",
          .production = "",
          .minimum = "0",
          .maximum = "16",
          .effect = "Settings that each request must bring, such as `[\"app.tenant_id\"]` for "
                    "row-level security; one that does not is refused before it is sent. Not asked "
                    "of what Freehold runs for itself. More leaves less to be forgotten in code.",
          .origin = "nobody's settings are known beforehand",
          .member = statements<&statement_options::required_settings>()};
}

} // namespace

option_group statements_group() {
  option_group group{.name = "statements",
                     .introduction =
                         "Prepared statements, and how long and how large a statement may become.",
                     .options = cache_options()};
  const std::vector<option> limits{
      {.key = "timeout",
       .measured_in = unit::duration,
       .development = "30 s",
       .production = "15 s",
       .minimum = "1 ms",
       .maximum = "1 d",
       .effect = "The longest a statement runs when neither it nor the request says otherwise; "
                 "it is cancelled then. More lets reports finish; less frees sessions sooner.",
       .origin = "DBConnection: 15 s",
       .member = statements<&statement_options::timeout>()},
      {.key = "cancel_grace",
       .measured_in = unit::duration,
       .development = "1 s",
       .production = "1 s",
       .minimum = "10 ms",
       .maximum = "1 min",
       .effect = "How long a session waits for the server to confirm a cancelled query before "
                 "it gives the session up. More saves sessions; less notices a hung server "
                 "sooner.",
       .origin = "chosen: many round trips, and short beside any deadline",
       .member = statements<&statement_options::cancel_grace>()},
      {.key = "slow_threshold",
       .measured_in = unit::duration,
       .development = "20 ms",
       .production = "20 ms",
       .minimum = "1 ms",
       .maximum = "1 h",
       .effect = "A statement whose moving average is above this runs on an idle session only, "
                 "with nothing queued behind it. More pipelines more; less shields short "
                 "statements better.",
       .origin = "chosen: some hundred times a point select",
       .member = statements<&statement_options::slow_threshold>()},
      {.key = "idle_in_transaction_timeout",
       .measured_in = unit::duration,
       .development = "1 min",
       .production = "30 s",
       .minimum = "10 ms",
       .maximum = "1 d",
       .zero = "never",
       .effect = "The server ends a session that holds a transaction open and is idle for so "
                 "long. Less frees locks sooner; more tolerates thinking time.",
       .origin = "chosen: longer than any pause between the statements of a transaction",
       .applies = reload::new_connections,
       .member = statements<&statement_options::idle_in_transaction_timeout>()},
      {.key = "result_limit",
       .measured_in = unit::bytes,
       .development = "64 MiB",
       .production = "64 MiB",
       .minimum = "16 KiB",
       .maximum = "4 GiB",
       .effect = "A result that grows beyond this is an error instead of the end of the "
                 "process. More fetches larger results whole; less bounds memory: count on the "
                 "limit times `max_connections` at worst.",
       .origin = "chosen: a result to be held whole should stay below",
       .applies = reload::new_connections,
       .member = statements<&statement_options::result_limit>()},
  };
  group.options.insert(group.options.end(), limits.begin(), limits.end());
  group.options.push_back(required_settings());
  return group;
}

option_group lease_group() {
  return {.name = "lease",
          .introduction = "A lease keeps one session for one holder over several messages.",
          .options = {
              {.key = "warn_after",
               .measured_in = unit::duration,
               .development = "5 s",
               .production = "10 s",
               .minimum = "1 ms",
               .maximum = "1 d",
               .zero = "never",
               .effect = "A lease held longer is logged with its holder. Less finds leaks sooner.",
               .origin = "HikariCP's leak detection",
               .member = leases<&lease_options::warn_after>()},
              {.key = "reclaim_after",
               .measured_in = unit::duration,
               .development = "0",
               .production = "1 min",
               .minimum = "1 ms",
               .maximum = "1 d",
               .zero = "never",
               .effect = "A lease held longer is taken back: its query is cancelled, its "
                         "transaction rolled back, its holder told. Not below `warn_after`. "
                         "`never` lets a debugger pause the holder.",
               .origin = "DBConnection's ownership timeout: 60 s",
               .member = leases<&lease_options::reclaim_after>()},
          }};
}

} // namespace freehold::configuration
