#include "config/redacted_url.hpp"

#include "config/database_url.hpp"
#include "config/libpq_parameter.hpp"
#include "config/url_parameter.hpp"

namespace freehold::configuration {
namespace {

/// A parameter as it may be shown. Nothing is known about an unknown one, not
/// even that its name is no secret.
std::string shown_item(const url_query_item& item) {
  const libpq_parameter* const parameter = find_libpq_parameter(item.name);
  if (!parameter && !find_url_parameter(item.name))
    return "***=***";
  return item.name + "=" + (parameter && is_secret(*parameter) ? "***" : item.value);
}

std::string redacted_unreadable(std::string_view url) {
  const std::string scheme{url.substr(0, scheme_length(url))};
  const std::size_t last = url.rfind('@');
  const std::size_t query = url.find('?');
  if (scheme.empty() || last == std::string_view::npos || query < last)
    return scheme + "***";
  std::string shown = scheme + "***@";
  shown += url.substr(last + 1, query == std::string_view::npos ? query : query - last - 1);
  return query == std::string_view::npos ? shown : shown + "?***";
}

} // namespace

std::string redacted_url(std::string_view url) {
  const std::variant<database_url, url_fault> split = split_url(url);
  const database_url* const parts = std::get_if<database_url>(&split);
  if (!parts || !parts->may_be_quoted)
    return redacted_unreadable(url);
  std::string shown{url.substr(0, scheme_length(url))};
  if (!parts->user.empty() || !parts->password.empty())
    shown += parts->user + (parts->password.empty() ? "@" : ":***@");
  const std::size_t at =
      parts->user.empty() && parts->password.empty() ? std::string_view::npos : url.find('@');
  const std::size_t begin = at == std::string_view::npos ? shown.size() : at + 1;
  const std::size_t query = url.find('?', begin);
  shown += url.substr(begin, query == std::string_view::npos ? query : query - begin);
  char separator = '?';
  for (const url_query_item& item : parts->query) {
    shown += separator + shown_item(item);
    separator = '&';
  }
  return shown;
}

} // namespace freehold::configuration
