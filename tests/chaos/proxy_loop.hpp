// The proxy's thread: its listening socket, its channels, and the commands it is given.
#pragma once

#include "tests/chaos/proxy_channel.hpp"

#include <functional>
#include <future>
#include <memory>
#include <mutex>
#include <optional>
#include <vector>

namespace chaos {

/// Everything but `command` and the destructor is of that thread, once it runs.
class proxy_loop {
public:
  proxy_loop(int to, std::uint64_t seed);
  proxy_loop(const proxy_loop&) = delete;
  proxy_loop& operator=(const proxy_loop&) = delete;
  ~proxy_loop();

  [[nodiscard]] int port() const;
  void run();
  /// Runs it on the thread, and waits.
  void command(std::function<void()> what);
  /// Keeps the port, so that nobody else gets it.
  void stop_listening();
  void listen_again();
  /// Gives a channel the faults of the moment.
  void configure(channel& each) const;

  std::vector<std::unique_ptr<channel>> channels;
  std::chrono::milliseconds delay_to_server{0};
  std::chrono::milliseconds delay_to_client{0};
  std::optional<chances> faults;
  bool black = false;
  bool stopping = false;
  int target;
  proxy_counts counts;
  std::vector<clock::time_point> accepted;

private:
  void turn();
  void obey();
  void accept_all();

  std::uint64_t seed_;
  int wake_;
  int listener_ = -1;
  bool listening_ = false;
  std::mutex mutex_;
  std::vector<std::packaged_task<void()>> tasks_;
};

} // namespace chaos
