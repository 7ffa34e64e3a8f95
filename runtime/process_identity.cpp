#include "runtime/process_identity.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <sstream>

namespace freehold {

namespace {

constexpr std::size_t scope_length = 8; // 36^8: hosts that share a server do not meet
constexpr std::size_t shortest_database = 4;

// FNV-1a, as for statements: the same in every build.
std::uint64_t hash_of(std::string_view text) {
  std::uint64_t hash = 14'695'981'039'346'656'037U;
  for (const char c : text)
    hash = (hash ^ static_cast<unsigned char>(c)) * 1'099'511'628'211U;
  return hash;
}

std::string scope_of(std::string_view service, std::string_view database, const host_traits& host) {
  std::string all;
  for (const std::string_view part :
       {service, database, std::string_view{host.name}, std::string_view{host.boot},
        std::string_view{host.pid_namespace}})
    all += fmt::format("{}:{}", part.size(), part);
  const std::string digits = base36(hash_of(all));
  return "@" + (std::string(scope_length, '0') + digits).substr(digits.size());
}

bool has_ended(const process_status& what) {
  // A process whose first thread has ended is listed as Z while others still work.
  return (what.state == 'Z' || what.state == 'X') && what.threads <= 1;
}

} // namespace

std::string base36(std::uint64_t number) {
  std::string digits;
  do {
    digits.insert(digits.begin(), "0123456789abcdefghijklmnopqrstuvwxyz"[number % 36]);
    number /= 36;
  } while (number > 0);
  return digits;
}

std::optional<process_status> parse_process_status(std::string_view stat) {
  // "4711 (any (thing) at all) S 1 …": what follows the last ")" are the fields from 3 on.
  const std::size_t name_end = stat.rfind(')');
  if (name_end == std::string_view::npos)
    return std::nullopt;
  std::istringstream fields{std::string{stat.substr(name_end + 1)}};
  constexpr int state = 3;
  constexpr int threads = 20;
  constexpr int started = 22;
  process_status read;
  std::string field;
  for (int number = state; number <= started; ++number) {
    if (!(fields >> field))
      return std::nullopt;
    const char* const end = field.data() + field.size();
    if (number == state)
      read.state = field.front();
    if (number != threads && number != started)
      continue;
    std::uint64_t& value = number == threads ? read.threads : read.started;
    if (std::from_chars(field.data(), end, value).ptr != end)
      return std::nullopt;
  }
  return read;
}

process_identity::process_identity(std::string_view service, std::string_view database,
                                   process_mark self, const host_traits& host)
    : self_{std::move(self)} {
  std::string process = std::to_string(self_.pid);
  if (!self_.start.empty()) {
    scope_ = scope_of(service, database, host);
    process += fmt::format(".{}{}", self_.start, scope_);
  }
  const std::size_t taken = std::min(longest, service.size() + process.size() + 2);
  const std::size_t room = std::max(shortest_database, longest - taken);
  name_ = fmt::format("{}/{}/{}", service, database.substr(0, room), process);
}

std::optional<process_mark> process_identity::read(std::string_view application_name) const {
  if (scope_.empty() || !application_name.ends_with(scope_))
    return std::nullopt;
  application_name.remove_suffix(scope_.size());
  const std::size_t slash = application_name.rfind('/');
  if (slash == std::string_view::npos)
    return std::nullopt;
  const std::string_view process = application_name.substr(slash + 1);
  const std::size_t dot = process.find('.');
  process_mark read;
  const char* const end = process.data() + std::min(dot, process.size());
  if (dot == std::string_view::npos || dot + 1 == process.size() ||
      std::from_chars(process.data(), end, read.pid).ptr != end || read.pid <= 0)
    return std::nullopt;
  read.start = process.substr(dot + 1);
  return read;
}

bool process_identity::is_dead(
    std::string_view application_name,
    const std::function<std::optional<process_status>(std::int64_t)>& status_of) const {
  const std::optional<process_mark> whose = read(application_name);
  if (!whose || *whose == self_)
    return false;
  if (whose->pid == self_.pid)
    return true; // where the first process of a container always has the same pid
  const std::optional<process_status> now = status_of(whose->pid);
  return !now || has_ended(*now) || base36(now->started) != whose->start;
}

} // namespace freehold
