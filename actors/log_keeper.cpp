#include "actors/log_keeper.hpp"

#include "actors/discipline.hpp"

namespace freehold {

log_keeper_actor::behavior_type log_keeper(log_keeper_actor::pointer self,
                                           const std::shared_ptr<repeat_sink>& sink,
                                           const event_log& log) {
  install_discipline(self, log);
  return {
      [self, sink](tell_repeats) {
        if (const auto next = sink->tell_due())
          self->delayed_send(self, *next - std::chrono::steady_clock::now(), tell_repeats{});
      },
  };
}

} // namespace freehold
