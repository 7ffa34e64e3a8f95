#include "runtime/fallback.hpp"

#include <algorithm>

namespace freehold {
namespace {

// Each part with its length ahead, so that no two lists of parts are one text.
void append_number(std::string& to, std::uint64_t number) {
  for (int shift = 0; shift < 64; shift += 8)
    to += static_cast<char>(number >> shift & 0xff);
}

void append(std::string& to, std::string_view part) {
  append_number(to, part.size());
  to += part;
}

// The server folds the names of settings.
std::string folded(std::string name) {
  std::transform(name.begin(), name.end(), name.begin(), [](char c) {
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  });
  return name;
}

bool is_availability(errc code) noexcept {
  switch (code) {
  case errc::circuit_open:
  case errc::queue_full:
  case errc::overloaded:
  case errc::acquire_timeout:
  case errc::connect_failed:
  case errc::authentication_failed:
  case errc::database_missing:
  case errc::too_many_connections:
  case errc::deadline_exceeded:
  case errc::connection_lost:
  case errc::outcome_unknown: // of what reads: see takes_fallback
    return true;
  case errc::none:
  case errc::bad_parameter:
  case errc::bad_conversion:
  case errc::no_such_column:
  case errc::statement_conflict:
  case errc::not_allowed:
  case errc::result_too_large:
  case errc::server_error:
  case errc::serialization_failure:
  case errc::cancelled:
  case errc::transaction_failed:
  case errc::lease_lost:
  case errc::unknown_database:
  case errc::stopped:
  case errc::would_block:
  case errc::internal:
    break;
  }
  return false;
}

} // namespace

bool takes_fallback(const error& why, effect what) noexcept {
  const bool may_have_run = why.fate == fate::unknown || why.code == errc::outcome_unknown;
  return is_availability(why.code) && (what == effect::read_only || !may_have_run);
}

std::string last_good_key(const bound_statement& what, const std::vector<setting>& settings) {
  std::string key;
  append_number(key, what.what.identity());
  append_number(key, what.values.size());
  for (std::size_t i = 0; i < what.values.size(); ++i) {
    key += what.values.is_null(i) ? 'n' : what.values.is_binary(i) ? 'b' : 't';
    if (!what.values.is_null(i))
      append(key, {what.values.data(i), static_cast<std::size_t>(what.values.length(i))});
  }
  for (const setting& each : settings) {
    append(key, folded(each.name));
    append(key, each.value);
  }
  return key;
}

fallback fallback::last_good(std::chrono::milliseconds oldest) {
  return fallback{last_answer{oldest}};
}

fallback fallback::value(result_set rows) {
  return fallback{std::move(rows)};
}

fallback fallback::otherwise(std::function<result_set(const error&)> make) {
  return fallback{std::move(make)};
}

} // namespace freehold
