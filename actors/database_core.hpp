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
  void submit_request(request_ptr what) const;
  /// The same for one that no thread blocks for: made by a callback, it may wait
  /// until the batch that is being answered is.
  void submit_unawaited(request_ptr what) const;

private:
  [[nodiscard]] bool takes(request& what) const;
};

} // namespace freehold
