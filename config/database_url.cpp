#include "config/database_url.hpp"

#include "config/quantity.hpp"

#include <algorithm>
#include <array>

namespace freehold::configuration {

std::size_t scheme_length(std::string_view url) {
  constexpr std::array<std::string_view, 2> schemes{"postgresql://", "postgres://"};
  for (const std::string_view scheme : schemes)
    if (url.starts_with(scheme))
      return scheme.size();
  return 0;
}

namespace {

int hex_digit(char letter) {
  if (letter >= '0' && letter <= '9')
    return letter - '0';
  if (letter >= 'a' && letter <= 'f')
    return letter - 'a' + 10;
  if (letter >= 'A' && letter <= 'F')
    return letter - 'A' + 10;
  return -1;
}

/// Takes a URL apart from left to right; the first fault ends the reading by
/// an exception that does not leave this file.
class url_reader {
public:
  explicit url_reader(std::string_view url) : url_{url} {}

  database_url read() {
    position_ = scheme_length(url_);
    if (position_ == 0)
      fail(0, "expects a URL that begins with postgresql:// or postgres://");
    // A raw '?' may stand in a password, as libpq reads it: only '/' ends it.
    const std::size_t user_end = url_.substr(0, find_any("/", position_)).find('@', position_);
    if (user_end != std::string_view::npos)
      read_user(user_end);
    else
      result_.may_be_quoted = url_.find('@') == std::string_view::npos;
    read_hosts(find_any("/?", position_));
    read_path();
    read_query();
    return std::move(result_);
  }

private:
  [[noreturn]] static void fail(std::size_t index, std::string message) {
    throw url_fault{index + 1, std::move(message)};
  }

  [[nodiscard]] std::size_t find_any(std::string_view letters, std::size_t from) const {
    const std::size_t found = url_.find_first_of(letters, from);
    return found == std::string_view::npos ? url_.size() : found;
  }

  [[nodiscard]] std::string decoded(std::size_t begin, std::size_t end) const {
    std::string text;
    for (std::size_t at = begin; at < end; ++at) {
      if (url_[at] != '%') {
        text += url_[at];
        continue;
      }
      const int high = at + 2 < end ? hex_digit(url_[at + 1]) : -1;
      const int low = at + 2 < end ? hex_digit(url_[at + 2]) : -1;
      if (high < 0 || low < 0)
        fail(at, "expects two hexadecimal digits after %; a % itself is written %25");
      if (high == 0 && low == 0)
        fail(at, "%00 is not allowed");
      text += static_cast<char>(high * 16 + low);
      at += 2;
    }
    return text;
  }

  void read_user(std::size_t end) {
    const std::size_t colon = url_.substr(0, end).find(':', position_);
    const std::size_t name_end = colon == std::string_view::npos ? end : colon;
    result_.user = decoded(position_, name_end);
    if (name_end < end)
      result_.password = decoded(name_end + 1, end);
    position_ = end + 1;
  }

  void read_hosts(std::size_t end) {
    if (const std::size_t at = url_.substr(0, end).find('@', position_);
        at != std::string_view::npos)
      fail(at, "an @ in a user name or password is written %40");
    for (;;) {
      read_host(end);
      if (position_ == end)
        break;
      result_.host += ',';
      result_.port += ',';
      ++position_;
    }
    // Only commas: every port is libpq's default.
    if (result_.port.find_first_not_of(',') == std::string::npos)
      result_.port.clear();
  }

  /// One host with its port, up to the next comma or `end`.
  void read_host(std::size_t end) {
    std::size_t stop = end;
    if (position_ < end && url_[position_] == '[') {
      const std::size_t bracket = url_.substr(0, end).find(']', position_);
      if (bracket == std::string_view::npos)
        fail(position_, "the [ of an IPv6 address is not closed");
      if (bracket == position_ + 1)
        fail(position_, "the IPv6 address is empty");
      result_.host += url_.substr(position_ + 1, bracket - position_ - 1);
      stop = bracket + 1;
      if (stop < end && url_[stop] != ':' && url_[stop] != ',')
        fail(stop, "expects :port, a comma or / after the ] of an IPv6 address");
    } else {
      stop = std::min(find_any(":,", position_), end);
      result_.host += decoded(position_, stop);
    }
    position_ = stop;
    if (position_ < end && url_[position_] == ':')
      read_port(end);
  }

  void read_port(std::size_t end) {
    const std::size_t begin = position_ + 1;
    const std::size_t stop = std::min(find_any(",", begin), end);
    const std::string_view digits = url_.substr(begin, stop - begin);
    const std::optional<std::size_t> number = parse_count(digits);
    if (!digits.empty() && (!number || *number < 1 || *number > 65'535))
      fail(begin, "expects a port from 1 to 65535; in a user name or password : is written "
                  "%3A and / is written %2F, and an IPv6 address stands in [ ]");
    result_.port += digits;
    position_ = stop;
  }

  void read_path() {
    if (position_ == url_.size() || url_[position_] != '/')
      return;
    const std::size_t end = find_any("?", position_);
    result_.dbname = decoded(position_ + 1, end);
    position_ = end;
  }

  void read_query() {
    if (position_ == url_.size())
      return;
    ++position_; // the '?'
    while (position_ < url_.size()) {
      const std::size_t end = find_any("&", position_);
      const std::size_t equals = std::min(find_any("=", position_), end);
      if (equals == end)
        fail(position_, "expects a parameter as name=value");
      result_.query.push_back(
          {decoded(position_, equals), decoded(equals + 1, end), position_ + 1});
      position_ = std::min(end + 1, url_.size());
    }
  }

  std::string_view url_;
  std::size_t position_ = 0;
  database_url result_;
};

} // namespace

std::variant<database_url, url_fault> split_url(std::string_view url) {
  try {
    return url_reader{url}.read();
  } catch (const url_fault& fault) {
    return fault;
  }
}

} // namespace freehold::configuration
