#include "actors/command/facts.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <set>
#include <string_view>

namespace freehold::command {
namespace {

bool is_socket(std::string_view host) {
  return host.empty() || host.front() == '/' || host.front() == '@';
}

bool is_loopback(std::string_view host) {
  return host == "localhost" || host == "::1" || host.starts_with("127.");
}

// libpq takes several hosts, with commas.
template <class Test>
bool each_host(std::string_view hosts, Test&& test) {
  for (;;) {
    const std::size_t comma = hosts.find(',');
    if (!test(hosts.substr(0, comma)))
      return false;
    if (comma == std::string_view::npos)
      return true;
    hosts.remove_prefix(comma + 1);
  }
}

/// "service/database/pid" without its end; nothing for other names.
std::optional<std::string_view> service_in(std::string_view application) {
  const std::size_t pid = application.rfind('/');
  if (pid == std::string_view::npos || pid == 0)
    return std::nullopt;
  const std::string_view digits = application.substr(pid + 1);
  const std::size_t database = application.rfind('/', pid - 1);
  const bool numeric = !digits.empty() && std::all_of(digits.begin(), digits.end(),
                                                      [](char c) { return c >= '0' && c <= '9'; });
  if (!numeric || database == std::string_view::npos || database == 0 || database + 1 == pid)
    return std::nullopt;
  return application.substr(0, database);
}

} // namespace

address address_of(const connection_target& target) {
  const auto one = [&](const char* key, const char* otherwise) {
    const auto found = target.parameters.find(key);
    return found == target.parameters.end() ? std::string{otherwise} : found->second;
  };
  address where;
  where.host = one("host", "");
  where.port = one("port", "5432");
  where.user = one("user", "");
  where.database = one("dbname", where.user.c_str());
  where.sslmode = one("sslmode", "prefer");
  where.target_session_attrs = one("target_session_attrs", "");
  const std::string numeric = one("hostaddr", "");
  const std::string_view reached = numeric.empty() ? where.host : numeric;
  where.tcp = !each_host(reached, is_socket);
  where.same_host = each_host(
      reached, [](std::string_view host) { return is_socket(host) || is_loopback(host); });
  if (where.host.empty())
    where.host = numeric;
  return where;
}

std::string shown(const address& where) {
  return fmt::format("{}{}{}:{}/{}", where.user, where.user.empty() ? "" : "@",
                     where.host.empty() ? "(local socket)" : where.host, where.port,
                     where.database);
}

std::vector<service_share> by_service(const std::vector<application_facts>& all) {
  std::map<std::string, service_share, std::less<>> found;
  std::map<std::string, std::set<std::string>, std::less<>> processes;
  for (const application_facts& each : all) {
    const std::optional<std::string_view> service = service_in(each.name);
    const std::string name{service.value_or(each.name)};
    service_share& share = found[name];
    share.name = name;
    share.sessions += each.sessions;
    if (service)
      processes[name].insert(each.name.substr(each.name.rfind('/') + 1));
  }
  std::vector<service_share> sorted;
  for (auto& [name, share] : found) {
    share.processes = static_cast<int>(processes[name].size());
    sorted.push_back(std::move(share));
  }
  std::stable_sort(
      sorted.begin(), sorted.end(),
      [](const service_share& a, const service_share& b) { return a.sessions > b.sessions; });
  return sorted;
}

} // namespace freehold::command
