// The connection parameters of libpq, as of PostgreSQL 17:
// https://www.postgresql.org/docs/17/libpq-connect.html#LIBPQ-PARAMKEYWORDS
#pragma once

#include "config/scalar.hpp"

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace freehold::configuration {

enum class libpq_kind { text, secret, integer, flag, ports, choice, utf8, refused };

struct libpq_parameter {
  std::string_view keyword{};
  libpq_kind kind = libpq_kind::text;
  /// Choices separated by '|'; for `refused`, what to do instead.
  std::string_view allowed{};
  std::string_view effect{};
};

std::span<const libpq_parameter> libpq_parameters();
const libpq_parameter* find_libpq_parameter(std::string_view keyword);
std::vector<std::string> libpq_keywords();

/// Whether a value may not be shown.
bool is_secret(const libpq_parameter& parameter);

/// "expects …" if the parameter does not take the text, else nothing. Does not
/// quote the text.
std::optional<std::string> judge(const libpq_parameter& parameter, std::string_view text);

/// A file may write numbers and flags without quotes; the text libpq wants, or
/// nothing if the type does not fit.
std::optional<std::string> libpq_text(const libpq_parameter& parameter, const scalar& written);
std::string expectation(const libpq_parameter& parameter);

} // namespace freehold::configuration
