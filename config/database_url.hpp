// The form of a connection URL, after libpq's:
// https://www.postgresql.org/docs/17/libpq-connect.html#LIBPQ-CONNSTRING-URIS
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace freehold::configuration {

struct url_query_item {
  std::string name;
  std::string value;
  std::size_t character = 0; ///< where the name begins, from 1
};

/// Everything decoded. `host` and `port` keep libpq's commas.
struct database_url {
  std::string user;
  std::string password;
  std::string host;
  std::string port;
  std::string dbname;
  std::vector<url_query_item> query;
  /// False where a text behind the host may in truth be part of a password
  /// with a raw '/' or '?': then nothing of it may be shown.
  bool may_be_quoted = true;
};

/// What is wrong and at which character, without quoting any of the URL.
struct url_fault {
  std::size_t character = 0;
  std::string message;
};

std::variant<database_url, url_fault> split_url(std::string_view url);

/// The length of the scheme with its slashes; 0 if it is not PostgreSQL's.
std::size_t scheme_length(std::string_view url);

} // namespace freehold::configuration
