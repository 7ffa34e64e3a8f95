// One connection of the HTTP endpoint, which has only so much time.
#pragma once

#include <httplib.h>

#include <array>
#include <atomic>
#include <chrono>
#include <string>

namespace freehold {

/// What makes the endpoint less patient.
struct http_pressure {
  std::atomic<bool> crowded{false}; ///< others wait for their turn
  std::atomic<bool> stopping{false};
};

/// Its time is for a whole request and not for each byte of it, so that a client
/// that sends a byte now and then gets no more of it. A write to a client that is
/// gone raises no signal.
class http_stream final : public httplib::Stream {
public:
  http_stream(socket_t socket, const http_pressure& pressure)
      : socket_{socket}, pressure_{pressure} {}
  http_stream(const http_stream&) = delete;
  http_stream& operator=(const http_stream&) = delete;
  ~http_stream() override;

  [[nodiscard]] bool is_readable() const override;
  [[nodiscard]] bool is_writable() const override;
  ssize_t read(char* to, std::size_t size) override;
  ssize_t write(const char* from, std::size_t size) override;
  // Nobody asks who it is.
  void get_remote_ip_and_port(std::string&, int&) const override {}
  void get_local_ip_and_port(std::string&, int&) const override {}
  [[nodiscard]] socket_t socket() const override { return socket_; }

  /// Nothing more comes from here. Lets the client read all of the answer even if
  /// it has sent more than was read.
  void finish();

private:
  using clock = std::chrono::steady_clock;
  [[nodiscard]] bool wait(short what) const;

  socket_t socket_;
  const http_pressure& pressure_;
  clock::time_point begun_ = clock::now(); // of the phase: it is read first, and then written
  bool answering_ = false;
  std::array<char, 4096> buffer_{};
  std::size_t next_ = 0;
  std::size_t end_ = 0;
};

} // namespace freehold
