// Asking an HTTP server, politely or not.
#pragma once

#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <chrono>
#include <cstdint>
#include <stdexcept>
#include <string>
#include <utility>

namespace freehold::testing {

/// A connection to a port of this machine.
class raw_client {
public:
  explicit raw_client(std::uint16_t port) : socket_{::socket(AF_INET, SOCK_STREAM, 0)} {
    sockaddr_in to{};
    to.sin_family = AF_INET;
    to.sin_port = htons(port);
    to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    if (connect(socket_, reinterpret_cast<sockaddr*>(&to), sizeof to) != 0) {
      close(socket_);
      throw std::runtime_error{"cannot connect to the endpoint"};
    }
  }
  raw_client(const raw_client&) = delete;
  raw_client& operator=(const raw_client&) = delete;
  ~raw_client() { close(socket_); }

  /// Whether it could be sent.
  bool send(const std::string& text) const {
    return ::send(socket_, text.data(), text.size(), MSG_NOSIGNAL) ==
           static_cast<ssize_t>(text.size());
  }
  /// Nothing more comes from here.
  void finish() const { shutdown(socket_, SHUT_WR); }
  /// All that comes until the other side closes, or nothing comes for `patience`.
  [[nodiscard]] std::string receive(std::chrono::milliseconds patience = std::chrono::seconds{
                                        10}) const {
    std::string all;
    pollfd one{socket_, POLLIN, 0};
    while (poll(&one, 1, static_cast<int>(patience.count())) > 0) {
      char buffer[4096];
      const ssize_t got = recv(socket_, buffer, sizeof buffer, 0);
      if (got <= 0)
        return all;
      all.append(buffer, static_cast<std::size_t>(got));
    }
    return all + "(no end)";
  }

private:
  int socket_;
};

struct http_answer {
  int status = 0; ///< 0: there was none
  std::string headers;
  std::string body;
};

[[nodiscard]] inline std::uint16_t port_of(const std::string& url) {
  return static_cast<std::uint16_t>(std::stoi(url.substr(url.rfind(':') + 1)));
}

[[nodiscard]] inline http_answer get(const std::string& url, const std::string& path,
                                     const std::string& headers = {},
                                     const std::string& method = "GET") {
  const raw_client client{port_of(url)};
  const bool own_host = headers.find("Host:") != std::string::npos;
  client.send(method + " " + path + " HTTP/1.1\r\n" + (own_host ? "" : "Host: localhost\r\n") +
              headers + "\r\n");
  const std::string all = client.receive();
  const std::size_t end = all.find("\r\n\r\n");
  if (end == std::string::npos)
    return {};
  return {std::stoi(all.substr(9, 3)), all.substr(0, end), all.substr(end + 4)};
}

} // namespace freehold::testing
