#include "runtime/json_log.hpp"

#include "runtime/log_fields.hpp"

#include <fmt/chrono.h>
#include <fmt/format.h>
#include <nlohmann/json.hpp>

namespace freehold {

namespace {

std::string rfc3339(spdlog::log_clock::time_point time) {
  const auto whole = std::chrono::floor<std::chrono::milliseconds>(time);
  const auto second = std::chrono::floor<std::chrono::seconds>(whole);
  return fmt::format("{:%Y-%m-%dT%H:%M:%S}.{:03}Z",
                     fmt::gmtime(spdlog::log_clock::to_time_t(second)), (whole - second).count());
}

// As the configuration calls them.
std::string_view name_of(spdlog::level::level_enum level) {
  switch (level) {
  case spdlog::level::trace:
    return "trace";
  case spdlog::level::debug:
    return "debug";
  case spdlog::level::info:
    return "info";
  case spdlog::level::warn:
    return "warn";
  case spdlog::level::err:
    return "error";
  case spdlog::level::critical:
    return "critical";
  default:
    return "off";
  }
}

std::string in_json(std::string_view text) {
  using json = nlohmann::json;
  return json(text).dump(-1, ' ', false, json::error_handler_t::replace);
}

std::string_view view(spdlog::string_view_t text) {
  return {text.data(), text.size()};
}

} // namespace

// Put together by hand for its order, and for numbers as they were written.
std::string to_json(const spdlog::details::log_msg& message) {
  const line_parts parts = split_line(view(message.payload));
  std::string line = fmt::format(R"({{"time":"{}","level":"{}","logger":{},"message":{})",
                                 rfc3339(message.time), name_of(message.level),
                                 in_json(view(message.logger_name)), in_json(parts.message));
  for_each_field(parts.fields, [&](field&& one) {
    line += fmt::format(R"(,"{}":{})", one.key, one.is_number ? one.value : in_json(one.value));
  });
  return line + "}";
}

void json_formatter::format(const spdlog::details::log_msg& message, spdlog::memory_buf_t& to) {
  const std::string line = to_json(message) + "\n";
  to.append(line.data(), line.data() + line.size());
}

std::unique_ptr<spdlog::formatter> json_formatter::clone() const {
  return std::make_unique<json_formatter>();
}

} // namespace freehold
