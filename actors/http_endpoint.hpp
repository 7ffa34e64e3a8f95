// A small HTTP server that a stranger cannot hold up.
#pragma once

#include "config/listen_address.hpp"

#include <cstdint>
#include <functional>
#include <memory>
#include <string>

namespace freehold {

struct http_request {
  std::string path; ///< without a query
  std::string host; ///< the header; empty: there was none
  std::string authorization;
  std::string since; ///< of the query; empty: there was none
};

struct http_reply {
  int status = 200;
  std::string content_type;
  std::shared_ptr<const std::string> body;
  std::string challenge; ///< WWW-Authenticate, of 401
};

/// From several threads.
using http_handler = std::function<http_reply(const http_request&)>;

/// Answers GET and HEAD, one request a connection, on `threads` threads of its own
/// that yield to all others of the process. Who stalls loses the connection: within
/// two seconds, and within a quarter of one as soon as others wait. At most
/// `most_waiting` connections wait; more are closed at once. No signal is delivered
/// to its threads, and the process's handling of signals is left as it was.
class http_endpoint {
public:
  static constexpr unsigned threads = 3;
  static constexpr std::size_t most_waiting = 32;

  /// Binds the address; throws `std::runtime_error` that says why it cannot.
  explicit http_endpoint(const configuration::listen_address& where);
  http_endpoint(const http_endpoint&) = delete;
  http_endpoint& operator=(const http_endpoint&) = delete;
  ~http_endpoint();

  /// Once. Connections that were made before wait for it.
  void serve(http_handler handler);
  /// Closes all connections and ends the threads. Further calls do nothing.
  void stop();
  [[nodiscard]] std::uint16_t port() const noexcept;

private:
  class server;
  std::unique_ptr<server> server_;
};

} // namespace freehold
