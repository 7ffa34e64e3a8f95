#include "actors/command/admin_client.hpp"

#include <httplib.h>

#include <fmt/format.h>

namespace freehold::command {
namespace {

constexpr std::chrono::seconds longest{2};

/// "http://host:port" and what follows it.
struct split_address {
  std::string server;
  std::string path;
};

split_address split(std::string url) {
  while (!url.empty() && url.back() == '/')
    url.pop_back();
  const std::size_t scheme = url.find("://");
  if (scheme == std::string::npos)
    return split("http://" + url);
  const std::size_t path = url.find('/', scheme + 3);
  return {url.substr(0, path), path == std::string::npos ? "" : url.substr(path)};
}

snapshot_answer refused(std::string why) {
  return {std::nullopt, std::move(why)};
}

snapshot_answer answer_of(const httplib::Response& got) {
  if (got.status == 401 || got.status == 403)
    return refused("the endpoint asks for a token, or for another one: --token, or "
                   "FREEHOLD_ADMIN_TOKEN in the environment");
  if (got.status != 200)
    return refused(fmt::format("the endpoint answers with status {}: is it the admin endpoint of "
                               "a service on Freehold?",
                               got.status));
  nlohmann::json parsed = nlohmann::json::parse(got.body, nullptr, false);
  if (!parsed.is_object())
    return refused("what answers there is not the admin endpoint of a service on Freehold");
  return {std::move(parsed), {}};
}

} // namespace

snapshot_answer ask_snapshot(const std::string& url, const std::string& token) {
  const split_address where = split(url);
  try {
    httplib::Client client{where.server};
    if (!client.is_valid())
      return refused("this is not an address: " + where.server);
    client.set_connection_timeout(longest);
    client.set_read_timeout(longest);
    if (!token.empty())
      client.set_bearer_token_auth(token.c_str());
    const httplib::Result got = client.Get((where.path + "/snapshot").c_str());
    if (!got)
      return refused(fmt::format("{} cannot be reached ({}): does the service run, and is its "
                                 "admin endpoint switched on at that address?",
                                 where.server, to_string(got.error())));
    return answer_of(*got);
  } catch (const std::invalid_argument& why) { // a scheme that is not HTTP's
    return refused(fmt::format("{} cannot be used: {}", where.server, why.what()));
  }
}

} // namespace freehold::command
