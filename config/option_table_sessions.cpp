// The options that say how many sessions there are and how they come and go:
// [database.NAME.pool], .connect and .liveness.
#include "config/option_table.hpp"

namespace freehold::configuration {
namespace {

template <auto Member>
constexpr accessor pool() {
  return through<database_options, &database_options::pool, Member>();
}

template <auto Member>
constexpr accessor connecting() {
  return through<database_options, &database_options::connect, Member>();
}

template <auto Member>
constexpr accessor liveness() {
  return through<database_options, &database_options::liveness, Member>();
}

option max_connections_option() {
  return {.key = "max_connections",
          .measured_in = unit::count,
          .development = "4",
          .production = "10",
          .minimum = "1",
          .maximum = "1000",
          .effect = "The most sessions that are open to this database at once. More serves "
                    "more slow statements side by side until the server's cores are busy; "
                    "beyond that it costs latency. The sum over all processes has to stay "
                    "below the server's `max_connections`.",
          .origin = "pgx: 4; HikariCP, sqlx, asyncpg: 10",
          .member = pool<&pool_options::max_connections>()};
}

option min_connections_option() {
  return {.key = "min_connections",
          .measured_in = unit::count,
          .development = "0",
          .production = "2",
          .minimum = "0",
          .maximum = "1000",
          .effect = "Sessions that are kept open even when idle. More absorbs a burst without "
                    "connecting; 0 lets an idle service hold none. Not above "
                    "`max_connections`; where it is not set, the default shrinks to it.",
          .origin = "one session for the work, one for the moment the first is replaced",
          .member = pool<&pool_options::min_connections>()};
}

option queue_length_option() {
  return {.key = "queue_length",
          .measured_in = unit::count,
          .development = "100",
          .production = "200",
          .minimum = "1",
          .maximum = "100000",
          .effect = "Requests that may wait for a session; one more is answered `queue_full` "
                    "at once. More rides out bursts and lets latency grow; less fails sooner.",
          .origin = "userver: 200; ozo: 128",
          .member = pool<&pool_options::queue_length>()};
}

option pipeline_depth_option() {
  return {.key = "pipeline_depth",
          .measured_in = unit::count,
          .development = "256",
          .production = "256",
          .minimum = "1",
          .maximum = "1000",
          .effect = "Statements that may be under way on one session. More than 64 are only where "
                    "that many are there for each session, and known to be short. More raises "
                    "throughput when many wait; 1 sends each after the last was answered.",
          .origin = "measured: where 10 000 wait 256 is 10 % ahead of 64, where 256 do 64 is 12 % "
                    "ahead of 32",
          .member = pool<&pool_options::pipeline_depth>()};
}

} // namespace

option_group pool_group() {
  return {.name = "pool",
          .introduction = "How many sessions there are, how long they live, and who may wait.",
          .options = {
              max_connections_option(),
              min_connections_option(),
              queue_length_option(),
              {.key = "acquire_timeout",
               .measured_in = unit::duration,
               .development = "5 s",
               .production = "5 s",
               .minimum = "1 ms",
               .maximum = "1 h",
               .effect = "The longest a request waits for a session; its own deadline may end the "
                         "wait sooner. Less tells callers earlier that the pool is exhausted.",
               .origin = "PgCat: 5 s; ozo and Prisma: 10 s",
               .member = pool<&pool_options::acquire_timeout>()},
              pipeline_depth_option(),
              {.key = "idle_timeout",
               .measured_in = unit::duration,
               .development = "1 min",
               .production = "10 min",
               .minimum = "10 ms",
               .maximum = "1 d",
               .zero = "never",
               .effect = "A session above `min_connections` that was idle for so long is closed. "
                         "Less gives the server its memory back sooner; more saves reconnecting.",
               .origin = "HikariCP, sqlx: 10 min",
               .member = pool<&pool_options::idle_timeout>()},
              {.key = "max_lifetime",
               .measured_in = unit::duration,
               .development = "10 min",
               .production = "30 min",
               .minimum = "100 ms",
               .maximum = "7 d",
               .zero = "never",
               .effect = "A session older than this is replaced between two requests. Less follows "
                         "fail-overs and rotated credentials sooner and bounds what a backend "
                         "hoards; more connects less often.",
               .origin = "HikariCP, sqlx: 30 min; PgBouncer: 1 h",
               .member = pool<&pool_options::max_lifetime>()},
              {.key = "lifetime_jitter",
               .measured_in = unit::fraction,
               .development = "10 %",
               .production = "10 %",
               .minimum = "0",
               .maximum = "50 %",
               .effect = "How far each session's lifetime is varied up or down, so that sessions "
                         "opened together are not all renewed together. 0 switches it off.",
               .origin = "HikariCP varies it by 2.5 %; more spreads small pools better",
               .applies = reload::new_connections,
               .member = pool<&pool_options::lifetime_jitter>()},
          }};
}

option_group connect_group() {
  return {.name = "connect",
          .introduction = "Opening sessions. After a failed attempt the first pause is "
                          "`backoff_first`; each later one is drawn at random between "
                          "`backoff_base` and three times the pause before, up to `backoff_cap`.",
          .options = {
              {.key = "timeout",
               .measured_in = unit::duration,
               .development = "3 s",
               .production = "5 s",
               .minimum = "10 ms",
               .maximum = "5 min",
               .effect = "The longest one attempt to connect may take, from name resolution to the "
                         "end of authentication. More suits distant servers; less notices a dead "
                         "host sooner.",
               .origin = "userver: 2 s; Prisma, PgCat: 5 s",
               .applies = reload::new_connections,
               .member = connecting<&connect_options::timeout>()},
              {.key = "concurrent",
               .measured_in = unit::count,
               .development = "2",
               .production = "2",
               .minimum = "1",
               .maximum = "100",
               .effect = "Attempts to connect that may be under way at once. More fills the pool "
                         "faster; less spares a server that is just coming back.",
               .origin = "userver: 1",
               .member = connecting<&connect_options::concurrent>()},
              {.key = "backoff_first",
               .measured_in = unit::duration,
               .development = "100 ms",
               .production = "100 ms",
               .minimum = "1 ms",
               .maximum = "1 min",
               .effect = "The pause after the first failure. Less recovers faster from a blip.",
               .origin = "HikariCP, DBConnection",
               .member = connecting<&connect_options::backoff_first>()},
              {.key = "backoff_base",
               .measured_in = unit::duration,
               .development = "100 ms",
               .production = "1 s",
               .minimum = "1 ms",
               .maximum = "10 min",
               .effect = "The shortest pause after the second and later failures. More spares the "
                         "server; less finds it again sooner.",
               .origin = "DBConnection: 1 s",
               .member = connecting<&connect_options::backoff_base>()},
              {.key = "backoff_cap",
               .measured_in = unit::duration,
               .development = "5 s",
               .production = "30 s",
               .minimum = "1 ms",
               .maximum = "1 h",
               .effect = "The longest pause between attempts, and so about the longest a "
                         "recovered server goes unnoticed.",
               .origin = "DBConnection: 30 s",
               .member = connecting<&connect_options::backoff_cap>()},
          }};
}

option_group liveness_group() {
  return {.name = "liveness",
          .introduction = "Noticing sessions that died without a word.",
          .options = {
              {.key = "check_idle_after",
               .measured_in = unit::duration,
               .development = "1 s",
               .production = "1 s",
               .minimum = "1 ms",
               .maximum = "1 h",
               .zero = "before every use",
               .effect = "A session that was idle for longer is checked before it serves again. "
                         "More saves checks; less meets fewer dead sessions.",
               .origin = "pgx: 1 s",
               .member = liveness<&liveness_options::check_idle_after>()},
              {.key = "ping_interval",
               .measured_in = unit::duration,
               .development = "30 s",
               .production = "30 s",
               .minimum = "10 ms",
               .maximum = "1 h",
               .effect = "How often an idle session is asked for a sign of life. Less notices a "
                         "silent loss sooner and keeps firewalls from forgetting the session; more "
                         "sends fewer packets.",
               .origin = "PgCat: 30 s",
               .member = liveness<&liveness_options::ping_interval>()},
              {.key = "ping_timeout",
               .measured_in = unit::duration,
               .development = "1 s",
               .production = "1 s",
               .minimum = "1 ms",
               .maximum = "1 min",
               .effect = "A session that has not answered by then is replaced. Shorter than "
                         "`ping_interval`. More tolerates a busy server.",
               .origin = "PgCat: 1 s",
               .member = liveness<&liveness_options::ping_timeout>()},
          }};
}

} // namespace freehold::configuration
