// Log lines for machines.
#pragma once

#include <spdlog/details/log_msg.h>
#include <spdlog/formatter.h>

#include <memory>
#include <string>

namespace freehold {

/// One JSON object a line, in this order: `time` (RFC 3339, UTC, milliseconds),
/// `level` (trace, debug, info, warn, error, critical), `logger`, `message`, then
/// the line's fields (runtime/log_fields.hpp), numbers as numbers. Bytes that are
/// no UTF-8 become U+FFFD.
[[nodiscard]] std::string to_json(const spdlog::details::log_msg& message);

/// The same for any sink.
class json_formatter final : public spdlog::formatter {
public:
  void format(const spdlog::details::log_msg& message, spdlog::memory_buf_t& to) override;
  [[nodiscard]] std::unique_ptr<spdlog::formatter> clone() const override;
};

} // namespace freehold
