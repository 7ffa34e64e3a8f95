#include "actors/command/survey.hpp"

#include <httplib.h>

#include <fmt/format.h>

namespace freehold::command {
namespace {

std::string ask_http(const std::string& host, int port) {
  httplib::Client client{host, port};
  client.set_connection_timeout(std::chrono::seconds{1});
  client.set_read_timeout(std::chrono::seconds{1});
  client.set_keep_alive(false);
  const httplib::Result got = client.Get("/");
  if (!got)
    return {};
  const std::string server = got->get_header_value("Server");
  return fmt::format("{} {}{}{}", got->version, got->status, server.empty() ? "" : ", ", server);
}

} // namespace

survey_tools real_tools() {
  return {postgres_sessions(), [] { return std::chrono::system_clock::now(); }, ask_http};
}

} // namespace freehold::command
