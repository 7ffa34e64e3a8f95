// One connection through the proxy: two sockets and what is under way between them.
#pragma once

#include "tests/chaos/proxy.hpp"

#include <array>
#include <deque>
#include <optional>
#include <random>

#include <poll.h>

namespace chaos {

class channel {
public:
  /// Takes both sockets, the server's not yet connected.
  channel(int client, int server, std::uint64_t seed);
  channel(const channel&) = delete;
  channel& operator=(const channel&) = delete;
  ~channel();

  void set_delay(heading which, std::chrono::milliseconds time);
  void set_chances(const chances& how) { chances_ = how; }
  /// Forwards that many bytes more and then nothing.
  void allow(heading which, std::size_t bytes);
  void allow_all();
  void end(ending how);
  [[nodiscard]] bool ended() const noexcept { return client_ < 0; }

  /// Adds what to wait for. `wake` becomes the time of the next event, if sooner.
  void add_to(std::vector<pollfd>& waiting, clock::time_point& wake) const;
  /// Reads and writes what can be; `events` are those of both sockets.
  void work(short of_client, short of_server, proxy_counts& counts);
  static constexpr std::size_t sockets = 2;

private:
  struct piece {
    clock::time_point due;
    std::string bytes;
  };
  /// One way.
  struct flow {
    std::deque<piece> held;
    std::size_t size = 0;
    std::optional<std::size_t> allowed; ///< bytes; unset: all
    bool finished = false;              ///< its source has said goodbye
    bool reset_after = false;           ///< once `held` is forwarded
    std::chrono::milliseconds delay{0};
    std::minstd_rand dice;
  };

  static constexpr std::size_t most_held = 1 << 20; // bytes, then reading pauses
  [[nodiscard]] bool reads(const flow& way) const;
  [[nodiscard]] bool due(const flow& way) const;
  void read_from(int socket, flow& way, proxy_counts& counts);
  void take(flow& way, std::string bytes, proxy_counts& counts);
  void write_to(int socket, flow& way);
  void finish_if_done(proxy_counts& counts);

  int client_;
  int server_;
  bool connected_ = false;
  flow to_server_;
  flow to_client_;
  std::optional<chances> chances_;
};

} // namespace chaos
