#include "config/listen_address.hpp"

#include <algorithm>
#include <charconv>

namespace freehold::configuration {

namespace {

bool is_host_letter(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '.' ||
         c == '-' || c == '_';
}

bool is_ipv6_letter(char c) {
  return (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F') || (c >= '0' && c <= '9') || c == '.' ||
         c == ':';
}

} // namespace

bool listen_address::is_loopback() const {
  const auto digit = [](char c) { return (c >= '0' && c <= '9') || c == '.'; };
  const bool ipv4 = host.starts_with("127.") && std::count(host.begin(), host.end(), '.') == 3 &&
                    std::all_of(host.begin(), host.end(), digit);
  return ipv4 || host == "::1" || host == "localhost";
}

std::string listen_address::text() const {
  const bool ipv6 = host.find(':') != std::string::npos;
  return (ipv6 ? "[" + host + "]" : host) + ":" + std::to_string(port);
}

std::optional<listen_address> parse_listen_address(std::string_view text) {
  const std::size_t colon = text.rfind(':');
  if (colon == std::string_view::npos)
    return std::nullopt;
  std::string_view host = text.substr(0, colon);
  const std::string_view port = text.substr(colon + 1);
  const bool bracketed = host.size() > 2 && host.front() == '[' && host.back() == ']';
  if (bracketed)
    host = host.substr(1, host.size() - 2);
  if (host.empty() || host.size() > 255 ||
      !std::all_of(host.begin(), host.end(), bracketed ? is_ipv6_letter : is_host_letter))
    return std::nullopt;
  listen_address made{std::string{host}, 0};
  const auto [end, wrong] = std::from_chars(port.data(), port.data() + port.size(), made.port);
  if (wrong != std::errc{} || end != port.data() + port.size())
    return std::nullopt;
  return made;
}

} // namespace freehold::configuration
