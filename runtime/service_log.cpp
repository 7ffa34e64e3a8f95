#include "runtime/service_log.hpp"

#include "runtime/json_log.hpp"

#include <spdlog/pattern_formatter.h>
#include <spdlog/sinks/stdout_color_sinks.h>

#include <random>

namespace freehold {

namespace {

spdlog::level::level_enum to_spdlog(log_level level) {
  switch (level) {
  case log_level::trace:
    return spdlog::level::trace;
  case log_level::debug:
    return spdlog::level::debug;
  case log_level::info:
    return spdlog::level::info;
  case log_level::warn:
    return spdlog::level::warn;
  case log_level::error:
    return spdlog::level::err;
  case log_level::off:
    break;
  }
  return spdlog::level::off;
}

std::unique_ptr<spdlog::formatter> formatter_of(log_format format) {
  if (format == log_format::json)
    return std::make_unique<json_formatter>();
  return std::make_unique<spdlog::pattern_formatter>();
}

std::uint64_t random_bits() {
  std::random_device device;
  return std::uniform_int_distribution<std::uint64_t>{}(device);
}

} // namespace

service_log::service_log(const runtime_options& options, std::vector<spdlog::sink_ptr> handed_in)
    : slow_{std::make_shared<slow_queries>(random_bits)} {
  if (handed_in.empty()) {
    own_ = std::make_shared<spdlog::sinks::stderr_color_sink_mt>();
    handed_in.push_back(own_);
  }
  repeats_ = std::make_shared<repeat_sink>(std::move(handed_in), options.log.repeat_interval);
  logger_ = std::make_shared<spdlog::logger>("freehold", repeats_);
  apply(options);
}

void service_log::apply(const runtime_options& options) {
  if (own_)
    own_->set_formatter(formatter_of(options.log.format));
  repeats_->set_interval(options.log.repeat_interval);
  slow_->set(options.slow_query_threshold, options.log.slow_query_sampling);
  logger_->set_level(to_spdlog(options.level));
}

} // namespace freehold
