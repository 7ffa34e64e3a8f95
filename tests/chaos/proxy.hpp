// A TCP proxy of our own between Freehold and PostgreSQL, which does to the
// connections what networks do.
#pragma once

#include <atomic>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

namespace chaos {

using clock = std::chrono::steady_clock;

/// Of the bytes: from the client to the server, or back.
enum class heading : std::uint8_t { to_server, to_client };

/// How a connection is ended: with a reset (SO_LINGER 0), or orderly with FIN.
enum class ending : std::uint8_t { reset, orderly };

/// Chances by message as it was read. Each decision is a function of the seed,
/// the connection's number, the heading and the message's number alone, so that
/// the same seed does the same to the n-th message of a connection.
struct chances {
  double reset = 0;    ///< both sides, instead of the message
  double orderly = 0;  ///< the same with FIN
  double truncate = 0; ///< half of it is forwarded, then both sides are reset
  double stall = 0;    ///< half of it is forwarded, then nothing, this way, ever
  double delay = 0;
  std::chrono::milliseconds longest_delay{50};
};

/// What the proxy did; connections count when they are accepted.
struct proxy_counts {
  std::uint64_t accepted = 0;
  std::uint64_t unreachable = 0; ///< accepted, but the server took no connection
  std::uint64_t resets = 0;
  std::uint64_t orderly = 0;
  std::uint64_t truncated = 0;
  std::uint64_t stalled = 0;
  std::uint64_t delayed = 0;
  std::size_t open = 0;
};

class proxy_loop;

/// Listens on a port of the loopback interface that the system chose. Has a
/// thread of its own; every call takes effect before it returns, from any thread.
class proxy {
public:
  proxy(int target_port, std::uint64_t seed);
  proxy(const proxy&) = delete;
  proxy& operator=(const proxy&) = delete;
  ~proxy();

  [[nodiscard]] int port() const noexcept { return port_; }

  /// Ends all faults; what was held back is forwarded now.
  void pass();
  /// Nobody listens: connects are refused by the kernel. Open ones stay.
  void refuse();
  /// Ends all connections.
  void cut(ending how);
  /// Holds every message back for that long.
  void delay(std::chrono::milliseconds to_server, std::chrono::milliseconds to_client);
  /// Forwards that many bytes of the next message of each connection that is
  /// open, and nothing more.
  void stall(heading which, std::size_t bytes);
  /// Accepts, and forwards nothing either way, the end of a connection included.
  void black_hole();
  void random_faults(const chances& how);
  /// Where connections go from now on; open ones stay where they are.
  void target(int port);

  [[nodiscard]] proxy_counts counts() const;
  /// The most connections that were accepted in any second since `since`.
  [[nodiscard]] std::size_t most_in_a_second(clock::time_point since) const;
  [[nodiscard]] std::size_t accepted_since(clock::time_point since) const;

private:
  void run(const std::function<void(proxy_loop&)>& what) const;

  std::unique_ptr<proxy_loop> loop_;
  int port_;
  std::thread thread_;
};

} // namespace chaos
