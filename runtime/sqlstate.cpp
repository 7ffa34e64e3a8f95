#include "runtime/sqlstate.hpp"

#include <algorithm>
#include <initializer_list>

namespace freehold {
namespace {

using namespace std::literals;

bool one_of(std::string_view code, std::initializer_list<std::string_view> codes) noexcept {
  return std::find(codes.begin(), codes.end(), code) != codes.end();
}

bool in_class(std::string_view code, std::string_view first_two) noexcept {
  return code.starts_with(first_two);
}

// The server's own word for "the client sent a wrong number of parameters": a
// protocol violation by code, an ordinary mistake by consequence.
bool is_wrong_parameter_count(std::string_view sqlstate, std::string_view severity,
                              std::string_view routine) noexcept {
  return sqlstate == "08P01" && severity == "ERROR" && routine == "exec_bind_message";
}

bool is_stale_plan(std::string_view sqlstate, std::string_view routine) noexcept {
  return sqlstate == "0A000" && routine == "RevalidateCachedQuery";
}

bool ends_the_session(std::string_view sqlstate, std::string_view severity) noexcept {
  return sqlstate.empty() || severity == "FATAL" || severity == "PANIC";
}

bool is_fatal_code(std::string_view code) noexcept {
  return in_class(code, "08") || one_of(code, {"57P01", "57P02", "57P04", "57P05", "25P03", "25P04",
                                               "58030", "XX001", "XX002"});
}

bool is_resource_code(std::string_view code) noexcept {
  return in_class(code, "53") || one_of(code, {"57014", "55P03", "55006", "25P02"});
}

} // namespace

std::string_view to_string(failure_class value) noexcept {
  static constexpr std::string_view texts[]{"before_send", "transaction", "connection_fatal",
                                            "role",        "statement",   "in_doubt",
                                            "resource",    "permanent"};
  static_assert(std::size(texts) == static_cast<std::size_t>(failure_class::permanent) + 1);
  return texts[static_cast<std::size_t>(value)];
}

failure_class classify(std::string_view sqlstate, std::string_view severity,
                       std::string_view routine) noexcept {
  if (ends_the_session(sqlstate, severity))
    return failure_class::connection_fatal;
  if (is_wrong_parameter_count(sqlstate, severity, routine))
    return failure_class::permanent;
  if (one_of(sqlstate, {"08007", "40003"}))
    return failure_class::in_doubt;
  if (one_of(sqlstate, {"08001", "08004", "57P03", "53300"}))
    return failure_class::before_send;
  if (one_of(sqlstate, {"40001", "40P01"}))
    return failure_class::transaction;
  if (is_fatal_code(sqlstate))
    return failure_class::connection_fatal;
  if (sqlstate == "25006")
    return failure_class::role;
  if (one_of(sqlstate, {"26000", "42P05"}) || is_stale_plan(sqlstate, routine))
    return failure_class::statement;
  if (is_resource_code(sqlstate))
    return failure_class::resource;
  return failure_class::permanent;
}

failure_class classify(const server_error& e) noexcept {
  return classify(e.sqlstate, e.severity, e.routine);
}

std::string_view to_string(connect_outcome value) noexcept {
  static constexpr std::string_view texts[]{"unreachable", "too_many",    "authentication",
                                            "no_database", "starting_up", "misconfigured"};
  static_assert(std::size(texts) == static_cast<std::size_t>(connect_outcome::misconfigured) + 1);
  return texts[static_cast<std::size_t>(value)];
}

connect_outcome classify_connect(std::string_view sqlstate) noexcept {
  if (sqlstate == "53300")
    return connect_outcome::too_many;
  if (in_class(sqlstate, "28"))
    return connect_outcome::authentication;
  if (in_class(sqlstate, "3D") || sqlstate == "57P04")
    return connect_outcome::no_database;
  if (sqlstate == "57P03")
    return connect_outcome::starting_up;
  // The server cannot serve anybody just now: memory, disk, an administrator.
  for (const std::string_view passing : {"08"sv, "53"sv, "57"sv, "58"sv, "XX"sv})
    if (in_class(sqlstate, passing))
      return connect_outcome::unreachable;
  return sqlstate.empty() ? connect_outcome::unreachable : connect_outcome::misconfigured;
}

bool is_stale_plan(const server_error& e) noexcept {
  return is_stale_plan(e.sqlstate, e.routine);
}

statement_surprise surprise_of(const server_error& e) noexcept {
  if (e.sqlstate == "42P05")
    return statement_surprise::name_taken;
  if (e.sqlstate == "26000")
    return statement_surprise::name_unknown;
  return is_stale_plan(e) ? statement_surprise::stale_plan : statement_surprise::none;
}

bool counts_against_server(std::string_view sqlstate) noexcept {
  return sqlstate.empty() || in_class(sqlstate, "08") ||
         one_of(sqlstate, {"53300", "57P01", "57P02", "57P03"});
}

bool counts_against_server(const server_error& e) noexcept {
  return !is_wrong_parameter_count(e.sqlstate, e.severity, e.routine) &&
         counts_against_server(e.sqlstate);
}

} // namespace freehold
