// What a connection's thread submits while it answers a batch.
#pragma once

#include "actors/protocol.hpp"

#include <vector>

namespace freehold {

/// While one exists on a thread, the requests that completion callbacks make
/// there, of the same database, are kept in it, so that they reach the
/// supervisor as one message and not as one each. Must be emptied by its owner;
/// what is left in it is dropped, and so answers for itself.
class gathered_requests {
public:
  /// `expected`: as a rule there are not more of them.
  gathered_requests(const database_context& of, std::size_t expected) noexcept;
  gathered_requests(const gathered_requests&) = delete;
  gathered_requests& operator=(const gathered_requests&) = delete;
  ~gathered_requests();

  /// Keeps it, if this thread gathers for that database.
  [[nodiscard]] static bool gather(const database_context& of, request_ptr& what);
  [[nodiscard]] std::vector<request_ptr> take() noexcept { return std::exchange(all_, {}); }
  /// The id of a request that is made now: while this thread gathers, of a block that it took
  /// for all of them, since a counter that threads share costs each time it changes hands.
  [[nodiscard]] static std::uint32_t next_id(const database_context& of);
  /// For a thread that several stacks take turns on: each has an innermost one of
  /// its own, which is kept for it while another runs. Returns the one there was.
  static gathered_requests* exchange(gathered_requests* innermost) noexcept;
  [[nodiscard]] bool empty() const noexcept { return all_.empty(); }

private:
  const database_context& of_;
  gathered_requests* outer_;
  std::size_t expected_;
  std::vector<request_ptr> all_;
  std::uint64_t next_id_ = 0; // of those it took
  std::uint64_t end_of_ids_ = 0;
};

} // namespace freehold
