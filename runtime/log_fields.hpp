// What a log line is about, beside its words: fields that both people and
// machines find at its end.
//
//     the session was lost: terminating connection [database=primary connection=3]
//
// Fields travel inside the text, because that is what every sink of a service
// understands, also one that queues lines for another thread.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

namespace freehold {

struct log_fields {
  std::string_view database{};  ///< given by the `event_log` of a database
  std::string query{};          ///< id of the request, as `format_query_id` writes it
  std::uint32_t connection = 0; ///< 0: none
  std::string statement{};      ///< its name, never its text
  std::string_view error{};     ///< code of what it failed with
  std::uint32_t attempt = 0;    ///< from 1; 0: does not matter
  std::optional<std::chrono::microseconds> time{};   ///< from the request to its end
  std::optional<std::chrono::microseconds> waited{}; ///< of it, until a session had time
  std::optional<std::chrono::microseconds> ran{};    ///< of it, on the server
  std::uint64_t left_out = 0; ///< slow queries that were not logged since the last one that was
  std::uint64_t repeats = 0;  ///< lines like this one that were counted instead
};

/// A message with its fields: "message [key=value …]". Control characters become
/// spaces, so that nobody's text makes a line of its own; and a message that
/// ends like one with fields gets an empty "[]", so that `split_line` gives back
/// exactly what was said.
[[nodiscard]] std::string to_line(std::string_view message, const log_fields& fields);

struct line_parts {
  std::string_view message;
  std::string_view fields; ///< between the brackets
};

/// The two parts of a line. Brackets that hold anything but known keys with
/// values of their kind belong to the message.
[[nodiscard]] line_parts split_line(std::string_view line);

/// The line, with this said at the end of its message and counted in its fields.
[[nodiscard]] std::string with_repeats(std::string_view line, std::string_view remark,
                                       std::uint64_t repeats);

struct field {
  std::string_view key;
  std::string value;
  bool is_number = false;
};

/// Calls `each` for every field of `line_parts::fields`, in order. False when
/// they are none of ours.
bool for_each_field(std::string_view fields, const std::function<void(field&&)>& each);

} // namespace freehold
