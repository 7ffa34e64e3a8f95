// The server's texts of dates and times (DateStyle ISO), read and written.
// https://www.postgresql.org/docs/current/datatype-datetime.html
#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>

#include "runtime/value_calendar.hpp"

namespace freehold {

/// Whether a text must end with an offset from UTC, as timestamptz does.
enum class utc_offset : bool { none, required };

/// "2024-05-06" or "0044-03-15 BC"; nothing when malformed or not in the calendar.
[[nodiscard]] std::optional<civil_date> read_date(std::string_view text) noexcept;

/// "2024-05-06 07:08:09.123456+05:30" as microseconds since 1970, in UTC when
/// an offset is required and in local time otherwise. The infinities are the
/// largest and smallest duration. Nothing when malformed or too far away.
[[nodiscard]] std::optional<std::chrono::microseconds> read_timestamp(std::string_view text,
                                                                      utc_offset offset) noexcept;

/// "07:08:09.5", "-100:00:00"; nothing when malformed or too long.
[[nodiscard]] std::optional<std::chrono::microseconds> read_clock(std::string_view text) noexcept;

[[nodiscard]] std::string write_date(civil_date date);

/// With "+00" at its end when an offset is required.
[[nodiscard]] std::string write_timestamp(std::chrono::microseconds since_1970, utc_offset offset);

[[nodiscard]] std::string write_clock(std::chrono::microseconds length);

} // namespace freehold
