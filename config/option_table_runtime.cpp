// The options of [runtime] and the sections below it.
#include "config/option_table.hpp"

namespace freehold::configuration {
namespace {

template <auto... Path>
constexpr accessor of_runtime() {
  return through<runtime_options, Path...>();
}

option reaping() {
  return {.key = "reap_dead_sessions",
          .measured_in = unit::flag,
          .development = "true",
          .production = "false",
          .effect = "Once, when a database has its first session: end the sessions that earlier "
                    "runs of this service left on the server, if their processes no longer run "
                    "on this host. A server notices by itself when a statement ends, which may "
                    "take long. Not behind a pooler.",
          .origin = "who restarts a service all day fills the server otherwise; in production "
                    "nothing is ended on a server that nobody asked to end",
          .applies = reload::restart,
          .member = of_runtime<&runtime_options::reap_dead_sessions>()};
}

} // namespace

option_group process_group() {
  return {
      .name = "",
      .introduction = "The process as a whole.",
      .options = {
          {.key = "service",
           .measured_in = unit::text,
           .development = "freehold",
           .production = "freehold",
           .minimum = "1",
           .maximum = "31",
           .effect = "The first part of every session's `application_name`, by which "
                     "`pg_stat_activity` and the server's log tell services apart. Printable "
                     "ASCII. The server keeps 63 bytes of the whole name; the rest of them "
                     "identify the database, the process and the host.",
           .origin = "the name of the library",
           .applies = reload::new_connections,
           .member = of_runtime<&runtime_options::service>()},
          {.key = "threads",
           .measured_in = unit::count,
           .development = "0",
           .production = "0",
           .minimum = "1",
           .maximum = "256",
           .zero = "one per core",
           .effect = "Scheduler threads for the supervisors and request actors. Connections have "
                     "a thread each besides. More helps only when the cores are there.",
           .origin = "one per core, as the actor framework does",
           .applies = reload::restart,
           .member = of_runtime<&runtime_options::threads>()},
          {.key = "drain_timeout",
           .measured_in = unit::duration,
           .development = "5 s",
           .production = "30 s",
           .minimum = "1 ms",
           .maximum = "10 min",
           .zero = "do not wait",
           .effect = "How long a shutdown waits for admitted requests to finish before it "
                     "cancels them. More lets slow statements end; less stops sooner. Keep it "
                     "below the grace period of whatever stops the process.",
           .origin = "HikariCP waits 10 s; 30 s is the usual grace period of orchestrators",
           .applies = reload::at_once,
           .member = of_runtime<&runtime_options::drain_timeout>()},
          {.key = "level",
           .measured_in = unit::level,
           .development = "info",
           .production = "info",
           .effect = "The least severe log line that is written. `debug` writes one line a "
                     "query, with its time and never its values.",
           .origin = "the customary default of logging libraries",
           .applies = reload::at_once,
           .member = of_runtime<&runtime_options::level>()},
          {.key = "slow_query_threshold",
           .measured_in = unit::duration,
           .development = "500 ms",
           .production = "500 ms",
           .minimum = "1 ms",
           .maximum = "1 h",
           .effect = "A query that takes longer is logged at `warn`. Less finds more slow "
                     "queries and writes more lines.",
           .origin = "chosen: half a second is noticed by a person",
           .applies = reload::at_once,
           .member = of_runtime<&runtime_options::slow_query_threshold>()},
          reaping(),
      }};
}

option_group log_group() {
  return {
      .name = "log",
      .introduction = "What the log looks like, and how much of it there is. docs/OPERATIONS.md "
                      "tells what lines there are.",
      .options = {
          {.key = "format",
           .measured_in = unit::format,
           .development = "text",
           .production = "json",
           .effect = "`text` is for people; `json` is one object a line, for what collects logs. "
                     "It is of the runtime's own sink (stderr): sinks that a service hands in "
                     "keep the formatter they have.",
           .origin = "a person reads a developer's terminal; in production a collector reads "
                     "first",
           .applies = reload::at_once,
           .member = of_runtime<&runtime_options::log, &log_options::format>()},
          {.key = "slow_query_sampling",
           .measured_in = unit::fraction,
           .development = "1",
           .production = "1",
           .minimum = "0",
           .maximum = "1",
           .effect = "The fraction of the slow queries (`slow_query_threshold`) that is logged; "
                     "the next line tells how many were left out. Less writes less where many "
                     "are slow. Never more than 100 lines a second.",
           .origin = "all of them, as PostgreSQL's `log_min_duration_statement` does",
           .applies = reload::at_once,
           .member = of_runtime<&runtime_options::log, &log_options::slow_query_sampling>()},
          {.key = "repeat_interval",
           .measured_in = unit::duration,
           .development = "10 s",
           .production = "10 s",
           .minimum = "100 ms",
           .maximum = "1 h",
           .zero = "never",
           .effect = "A line that differs from an earlier one in its numbers only is counted "
                     "within this time, and then told once with the count. Longer writes less "
                     "while something keeps failing. Lines of one request and those at `debug` "
                     "are never counted instead.",
           .origin = "chosen: a person who watches sees that it goes on",
           .applies = reload::at_once,
           .member = of_runtime<&runtime_options::log, &log_options::repeat_interval>()},
      }};
}

option_group supervision_group() {
  return {
      .name = "supervision",
      .introduction = "How many restarts of failing actors are put up with: more than `restarts` "
                      "within `period` and the failure is handed to the parent. A connection "
                      "lost because the server is away does not count.",
      .options = {
          {.key = "restarts",
           .measured_in = unit::count,
           .development = "10",
           .production = "5",
           .minimum = "0",
           .maximum = "1000",
           .effect = "Restarts allowed within `period`. More rides out longer series of faults; "
                     "0 hands the first one to the parent.",
           .origin = "Erlang/OTP's restart intensity",
           .applies = reload::at_once,
           .member = of_runtime<&runtime_options::supervision, &supervision_options::restarts>()},
          {.key = "period",
           .measured_in = unit::duration,
           .development = "10 s",
           .production = "30 s",
           .minimum = "100 ms",
           .maximum = "1 h",
           .effect = "The window in which restarts are counted. Longer is stricter.",
           .origin = "Erlang/OTP's restart period",
           .applies = reload::at_once,
           .member = of_runtime<&runtime_options::supervision, &supervision_options::period>()},
      }};
}

option_group admin_group() {
  return {
      .name = "admin",
      .introduction =
          "An HTTP endpoint for people and for what watches the service: `/metrics`, "
          "`/health/live`, `/health/ready`, `/snapshot`, `/history`, and at `/` a dashboard. What "
          "it tells has no passwords and no values of parameters, but names of statements and "
          "the addresses of databases.",
      .options = {
          {.key = "listen",
           .measured_in = unit::address,
           .development = "127.0.0.1:0",
           .production = "",
           .effect = "Where it listens; `\"\"` is off. Port 0 takes a free one, and the log says "
                     "which. On an address that other machines reach it needs a `token`.",
           .origin = "off until somebody decides who may look; in development a free port, so "
                     "that several processes do not meet",
           .applies = reload::restart,
           .member = of_runtime<&runtime_options::admin, &admin_options::listen>()},
          {.key = "token",
           .measured_in = unit::secret,
           .development = "",
           .production = "",
           .minimum = "16",
           .maximum = "256",
           .effect = "Who asks for `/metrics`, `/snapshot` or `/history` has to send "
                     "`Authorization: Bearer TOKEN`. `/health/…` and the files of the dashboard "
                     "are for everybody: orchestrators send no token, and the page asks for it. "
                     "Best written as `\"${NAME}\"`.",
           .origin = "none is needed on a loopback address",
           .applies = reload::restart,
           .member = of_runtime<&runtime_options::admin, &admin_options::token>()},
      }};
}

} // namespace freehold::configuration
