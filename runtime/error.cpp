#include <freehold/error.hpp>

#include <utility>

namespace freehold {

// Switches without a default: the compiler names the code that is missing.
std::string_view to_string(errc code) noexcept {
  switch (code) {
  case errc::none:
    return "none";
  case errc::bad_parameter:
    return "bad_parameter";
  case errc::bad_conversion:
    return "bad_conversion";
  case errc::no_such_column:
    return "no_such_column";
  case errc::statement_conflict:
    return "statement_conflict";
  case errc::not_allowed:
    return "not_allowed";
  case errc::result_too_large:
    return "result_too_large";
  case errc::circuit_open:
    return "circuit_open";
  case errc::queue_full:
    return "queue_full";
  case errc::overloaded:
    return "overloaded";
  case errc::acquire_timeout:
    return "acquire_timeout";
  case errc::connect_failed:
    return "connect_failed";
  case errc::authentication_failed:
    return "authentication_failed";
  case errc::database_missing:
    return "database_missing";
  case errc::too_many_connections:
    return "too_many_connections";
  case errc::server_error:
    return "server_error";
  case errc::serialization_failure:
    return "serialization_failure";
  case errc::deadline_exceeded:
    return "deadline_exceeded";
  case errc::cancelled:
    return "cancelled";
  case errc::connection_lost:
    return "connection_lost";
  case errc::outcome_unknown:
    return "outcome_unknown";
  case errc::transaction_failed:
    return "transaction_failed";
  case errc::lease_lost:
    return "lease_lost";
  case errc::unknown_database:
    return "unknown_database";
  case errc::stopped:
    return "stopped";
  case errc::would_block:
    return "would_block";
  case errc::internal:
    return "internal";
  }
  return "unknown";
}

std::string_view to_string(fate value) noexcept {
  switch (value) {
  case fate::not_sent:
    return "not_sent";
  case fate::rolled_back:
    return "rolled_back";
  case fate::unknown:
    return "unknown";
  }
  return "unknown";
}

std::string to_string(const error& value) {
  std::string line{to_string(value.code)};
  const char* separator = " (";
  const auto mention = [&](std::string_view what, std::string_view detail) {
    if (detail.empty())
      return;
    line.append(separator).append(what).append(detail);
    separator = ", ";
  };
  mention("statement ", value.statement);
  mention("query ", value.query_id);
  mention("SQLSTATE ", value.sqlstate);
  if (*separator == ',')
    line += ')';
  if (!value.message.empty())
    line.append(": ").append(value.message);
  for (char& c : line) {
    if (c == '\n' || c == '\r')
      c = ' '; // the server's messages may have several lines
  }
  return line;
}

failure::failure(error value) : failure{std::make_shared<const error>(std::move(value))} {}

failure::failure(error_ptr value) : error_{std::move(value)} {
  if (!error_) {
    error unknown;
    unknown.code = errc::internal;
    unknown.message = "a failure without an error";
    error_ = std::make_shared<const error>(std::move(unknown));
  }
  text_ = std::make_shared<const std::string>(to_string(*error_));
}

} // namespace freehold
