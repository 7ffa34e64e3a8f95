// Server messages without the values that people put into their parameters.
#pragma once

#include "runtime/sqlstate.hpp"

#include <span>
#include <string>
#include <string_view>

namespace freehold {

/// The message of `e` in one line, fit for logs and errors.
///
/// In every class a parameter value of three or more bytes becomes $n, n being
/// its place in `parameter_values` from 1 (ASCII case ignored: the server folds
/// identifiers; shorter values would match by chance). PostgreSQL also quotes
/// values that it has transformed, so except in the classes whose quotes hold
/// names of objects (08, 0A, 25, 26, 28, 3D, 3F, 40, 42 without 42804, 53, 54,
/// 55, 57, 58, XX) each quoted passage becomes "…" unless it is the error's own
/// constraint, table, column or data type, or a $n alone. Outside class 23,
/// whose messages quote names only, such a passage ends at the last closing
/// mark, because a value may contain one; without any it hides the rest.
///
/// DETAIL, HINT and CONTEXT quote whole rows and statements and are never used.
/// Control characters become spaces; the text ends at 1000 bytes.
[[nodiscard]] std::string redacted_message(const server_error& e,
                                           std::span<const std::string_view> parameter_values);

} // namespace freehold
