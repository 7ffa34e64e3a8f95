// The actor that speaks for callers: it takes the requests of other actors, and
// decides about a second attempt when one failed.
#pragma once

#include "actors/protocol.hpp"
#include "runtime/retry_policy.hpp"

#include <caf/stateful_actor.hpp>
#include <caf/typed_event_based_actor.hpp>

#include <optional>
#include <random>

namespace freehold {

/// One for each database. A request that succeeds never passes through it: the
/// connection answers the caller directly.
class request_agent {
public:
  using self_pointer = requests_actor::stateful_pointer<request_agent>;
  static constexpr const char* name = "freehold.requests";

  explicit request_agent(self_pointer self) : self_{self} {}
  requests_actor::behavior_type make_behavior(context_ptr context);

private:
  void change_to(context_ptr next);
  void begin(request_ptr what);
  void judge(attempt_failure& failed);
  void deposit_traffic();
  void send_again(const request_ptr& what);
  [[nodiscard]] std::shared_ptr<receiver> reply_to_sender();

  self_pointer self_;
  context_ptr context_;
  supervisor_actor supervisor_;
  std::optional<retry_budget> budget_;
  std::uint64_t deposited_ = 0; // of the context's traffic
  std::mt19937_64 engine_;      // for jitter
};

requests_actor::behavior_type requests(request_agent::self_pointer self, context_ptr context);

} // namespace freehold
