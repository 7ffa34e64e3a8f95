// What a database handle shares with the actors behind it.
#pragma once

#include "actors/protocol.hpp"

#include <atomic>

namespace freehold {

struct database_core {
  context_ptr context;
  supervisor_actor supervisor;
  requests_actor requests;
  caf::actor_system* system = nullptr; ///< valid until `stopped`
  std::atomic<bool> stopped{false};

  /// Sends an acceptable request on its way; answers any other.
  void submit_request(const request_ptr& what);
};

} // namespace freehold
