// The options for what happens when things go wrong:
// [database.NAME.breaker], .retry and .shedding.
#include "config/option_table.hpp"

namespace freehold::configuration {
namespace {

template <auto Member>
constexpr accessor breaker() {
  return through<database_options, &database_options::breaker, Member>();
}

template <auto Member>
constexpr accessor retries() {
  return through<database_options, &database_options::retry, Member>();
}

template <auto Member>
constexpr accessor shedding() {
  return through<database_options, &database_options::shedding, Member>();
}

std::vector<option> tripping_options() {
  return {
      {.key = "window",
       .measured_in = unit::duration,
       .development = "10 s",
       .production = "30 s",
       .minimum = "100 ms",
       .maximum = "1 h",
       .effect = "The time over which failures are counted. Longer judges more steadily, "
                 "shorter reacts and forgets faster.",
       .origin = "Polly: 30 s",
       .member = breaker<&breaker_options::window>()},
      {.key = "minimum_calls",
       .measured_in = unit::count,
       .development = "5",
       .production = "20",
       .minimum = "1",
       .maximum = "100000",
       .effect = "Calls in the window before the rate means anything. More avoids opening on "
                 "little evidence.",
       .origin = "chosen: one failure weighs 5 %",
       .member = breaker<&breaker_options::minimum_calls>()},
      {.key = "failure_rate",
       .measured_in = unit::fraction,
       .development = "50 %",
       .production = "50 %",
       .minimum = "1 %",
       .maximum = "100 %",
       .effect = "Share of failed calls in the window that opens the breaker. Less opens "
                 "sooner.",
       .origin = "resilience4j: 50 %",
       .member = breaker<&breaker_options::failure_rate>()},
      {.key = "consecutive_failures",
       .measured_in = unit::count,
       .development = "3",
       .production = "5",
       .minimum = "1",
       .maximum = "1000",
       .effect = "Failures in a row that open the breaker whatever the rate, once a connect is "
                 "among them. Less opens sooner.",
       .origin = "Pekko: 5",
       .member = breaker<&breaker_options::consecutive_failures>()},
      {.key = "slow_call",
       .measured_in = unit::duration,
       .development = "0",
       .production = "0",
       .minimum = "1 ms",
       .maximum = "1 h",
       .zero = "never",
       .effect = "A statement that takes longer counts as slow. Set it where a server that "
                 "crawls is as bad as one that is gone.",
       .origin = "resilience4j has it; only the service knows the figure",
       .member = breaker<&breaker_options::slow_call>()},
      {.key = "slow_call_rate",
       .measured_in = unit::fraction,
       .development = "50 %",
       .production = "50 %",
       .minimum = "1 %",
       .maximum = "100 %",
       .effect = "Share of slow calls in the window that opens the breaker. Less opens sooner.",
       .origin = "as the failure rate",
       .member = breaker<&breaker_options::slow_call_rate>()},
  };
}

} // namespace

option_group breaker_group() {
  option_group group{.name = "breaker",
                     .introduction =
                         "The breaker answers at once while the database is out of reach, and "
                         "tries it again by itself. Only failures of the infrastructure count, "
                         "never those of a statement.",
                     .options = tripping_options()};
  const std::vector<option> opening{
      {.key = "open_first",
       .measured_in = unit::duration,
       .development = "500 ms",
       .production = "5 s",
       .minimum = "1 ms",
       .maximum = "1 h",
       .effect = "How long the breaker stays open the first time; each further time in a row "
                 "doubles it. More spares the server, less recovers sooner.",
       .origin = "Polly: 5 s; in development, back within a second",
       .member = breaker<&breaker_options::open_first>()},
      {.key = "open_cap",
       .measured_in = unit::duration,
       .development = "500 ms",
       .production = "1 min",
       .minimum = "1 ms",
       .maximum = "1 h",
       .effect = "The longest it stays open before the next trial. Equal to `open_first`: no "
                 "doubling.",
       .origin = "Pekko's exponential reset timeout",
       .member = breaker<&breaker_options::open_cap>()},
      {.key = "jitter",
       .measured_in = unit::fraction,
       .development = "20 %",
       .production = "20 %",
       .minimum = "0",
       .maximum = "100 %",
       .effect = "How much sooner than that the trial may come, so that processes do not try "
                 "the server in step. 0 switches it off.",
       .origin = "Pekko's random factor",
       .member = breaker<&breaker_options::jitter>()},
  };
  group.options.insert(group.options.end(), opening.begin(), opening.end());
  return group;
}

option_group retry_group() {
  return {.name = "retry",
          .introduction = "Repeating what provably did not run, or was declared safe to run twice. "
                          "The pause before a repeat is drawn at random between 0 and a limit that "
                          "starts at `backoff_base` and doubles up to `backoff_cap`.",
          .options = {
              {.key = "attempts",
               .measured_in = unit::count,
               .development = "2",
               .production = "3",
               .minimum = "0",
               .maximum = "10",
               .effect = "Repeats after the first try. More hides longer disturbances and adds "
                         "load; 0 never repeats.",
               .origin = "Google's SRE book: at most 3 tries a layer",
               .member = retries<&retry_options::attempts>()},
              {.key = "budget",
               .measured_in = unit::fraction,
               .development = "20 %",
               .production = "20 %",
               .minimum = "0",
               .maximum = "100 %",
               .effect = "Repeats as a share of all traffic; beyond it a failure is final. Less "
                         "protects a struggling server, 0 never repeats.",
               .origin = "Finagle: 20 %; SRE book: 10 %",
               .member = retries<&retry_options::budget>()},
              {.key = "backoff_base",
               .measured_in = unit::duration,
               .development = "50 ms",
               .production = "50 ms",
               .minimum = "1 ms",
               .maximum = "1 min",
               .effect = "The limit of the first pause. More gives a conflict time to pass.",
               .origin = "exponential backoff with full jitter",
               .member = retries<&retry_options::backoff_base>()},
              {.key = "backoff_cap",
               .measured_in = unit::duration,
               .development = "1 s",
               .production = "1 s",
               .minimum = "1 ms",
               .maximum = "10 min",
               .effect = "The most the limit of a pause grows to.",
               .origin = "exponential backoff with full jitter",
               .member = retries<&retry_options::backoff_cap>()},
          }};
}

option_group shedding_group() {
  return {.name = "shedding",
          .introduction =
              "When requests keep waiting too long, new ones are refused at once so that "
              "the others keep their latency (CoDel's judgement of a standing delay, "
              "for each key by itself). What is critical is not refused.",
          .options = {
              {.key = "enabled",
               .measured_in = unit::flag,
               .development = "false",
               .production = "true",
               .effect = "Whether requests are refused before the queue is full.",
               .origin = "DBConnection; off where a single developer is the load",
               .member = shedding<&shedding_options::enabled>()},
              {.key = "target",
               .measured_in = unit::duration,
               .development = "50 ms",
               .production = "50 ms",
               .minimum = "1 ms",
               .maximum = "10 s",
               .effect = "The wait that is acceptable as a standing state. More sheds later.",
               .origin = "DBConnection: 50 ms",
               .member = shedding<&shedding_options::target>()},
              {.key = "interval",
               .measured_in = unit::duration,
               .development = "2 s",
               .production = "2 s",
               .minimum = "10 ms",
               .maximum = "1 min",
               .effect = "How long every wait has to be above the target before shedding begins. "
                         "More tolerates longer bursts.",
               .origin = "DBConnection: 2 s",
               .member = shedding<&shedding_options::interval>()},
          }};
}

} // namespace freehold::configuration
