// The options of [child.NAME].
#include "config/option_table.hpp"

namespace freehold::configuration {
namespace {

template <auto Member>
constexpr accessor of_child() {
  return through<child_options, Member>();
}

} // namespace

option_group child_group() {
  return {
      .name = "",
      .introduction = "An actor of the service (`actor`), or a supervisor of further children "
                      "(`strategy`, and sections `[child.NAME.child.NAME]`).",
      .options = {
          {.key = "actor",
           .measured_in = unit::text,
           .minimum = "1",
           .maximum = "100",
           .effect = "The name under which the service registered the actor's factory. Not "
                     "given: a supervisor.",
           .origin = "none: it says what the child is",
           .applies = reload::restart,
           .member = of_child<&child_options::actor>()},
          {.key = "restart",
           .measured_in = unit::restart,
           .development = "permanent",
           .production = "permanent",
           .effect = "When a child that ended is started again: `permanent` always, `transient` "
                     "after an abnormal end, `temporary` never.",
           .origin = "Erlang/OTP",
           .applies = reload::restart,
           .member = of_child<&child_options::restart>()},
          {.key = "shutdown",
           .measured_in = unit::duration,
           .development = "5 s",
           .production = "5 s",
           .minimum = "1 ms",
           .maximum = "10 min",
           .zero = "killed at once",
           .effect = "How long the actor may take to end when it is asked to; then it is killed, "
                     "and the log names it. For actors only: a supervisor takes as long as its "
                     "children.",
           .origin = "Erlang/OTP's default for workers",
           .applies = reload::restart,
           .member = of_child<&child_options::shutdown>()},
          {.key = "strategy",
           .measured_in = unit::strategy,
           .development = "one_for_one",
           .production = "one_for_one",
           .effect = "Which siblings are stopped and started again with a child that failed: "
                     "none, all, or those started after it. For supervisors only.",
           .origin = "Erlang/OTP",
           .applies = reload::restart,
           .member = of_child<&child_options::strategy>()},
          {.key = "restarts",
           .measured_in = unit::count,
           .development = "10",
           .production = "5",
           .minimum = "0",
           .maximum = "1000",
           .effect = "Restarts within `period` after which the supervisor gives up, stops its "
                     "children and fails itself. For supervisors only.",
           .origin = "as `runtime.supervision.restarts`",
           .applies = reload::restart,
           .member = of_child<&child_options::restarts>()},
          {.key = "period",
           .measured_in = unit::duration,
           .development = "10 s",
           .production = "30 s",
           .minimum = "100 ms",
           .maximum = "1 h",
           .effect = "The window in which restarts are counted. For supervisors only.",
           .origin = "as `runtime.supervision.period`",
           .applies = reload::restart,
           .member = of_child<&child_options::period>()},
      }};
}

} // namespace freehold::configuration
