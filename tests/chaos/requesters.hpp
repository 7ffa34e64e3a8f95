// A load that only looks: what was asked comes back, and from where.
#pragma once

#include <freehold/freehold.hpp>

#include <atomic>
#include <chrono>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

namespace chaos {

using clock = std::chrono::steady_clock;
namespace fh = freehold;

struct requests_told {
  std::uint64_t answered = 0;
  std::uint64_t failed = 0;
  std::uint64_t wrong = 0;           ///< answers to something else
  std::string example;               ///< the first failure
  std::vector<clock::duration> took; ///< of each answer
};

/// Each asks again from the callback of its last answer, so that one request of
/// each is under way.
class requesters {
public:
  requesters(fh::database on, std::size_t count);
  requesters(const requesters&) = delete;
  requesters& operator=(const requesters&) = delete;
  ~requesters();

  /// The port of the server that answered last; 0: none has.
  [[nodiscard]] int latest_port() const noexcept;
  /// Asks nothing more and waits for the answers under way. Once.
  [[nodiscard]] requests_told finish();

private:
  struct requester;
  struct state;
  static void ask(const std::shared_ptr<state>& all, requester& who);
  static void note(state& all, requester& who, const fh::outcome& answer);

  std::shared_ptr<state> all_;
};

/// The duration that a share of them does not exceed; of none: 0.
[[nodiscard]] clock::duration percentile(std::vector<clock::duration> all, double share);

} // namespace chaos
