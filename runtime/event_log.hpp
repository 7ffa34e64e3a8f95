// What the runtime logs through: a logger that knows which database speaks.
#pragma once

#include "runtime/log_fields.hpp"

#include <fmt/format.h>
#include <spdlog/logger.h>

#include <memory>
#include <string>
#include <utility>

namespace freehold {

/// A value, cheap to copy, and used as the pointer to a logger that it replaces:
///
///     log->warn({.connection = id}, "the session was lost: {}", why);
///
/// Fields come first, so that no message can forget them; those of a database
/// carry its name by themselves. Any thread may use it.
class event_log {
public:
  using level = spdlog::level::level_enum;

  event_log() = default;
  // NOLINTNEXTLINE: a logger is one that speaks for no database
  event_log(std::shared_ptr<spdlog::logger> to) : to_{std::move(to)} {}
  event_log(std::shared_ptr<spdlog::logger> to, std::string database)
      : to_{std::move(to)}, database_{std::move(database)} {}

  const event_log* operator->() const noexcept { return this; }
  [[nodiscard]] bool should_log(level severity) const { return to_->should_log(severity); }
  void flush() const { to_->flush(); }

  template <class... Values>
  void log(level severity, const log_fields& about, fmt::format_string<Values...> text,
           Values&&... values) const {
    if (should_log(severity))
      write(severity, about, fmt::format(text, std::forward<Values>(values)...));
  }
  template <class... Values>
  void log(level severity, fmt::format_string<Values...> text, Values&&... values) const {
    log(severity, log_fields{}, text, std::forward<Values>(values)...);
  }

  template <class... Values>
  void debug(const log_fields& about, fmt::format_string<Values...> text,
             Values&&... values) const {
    log(level::debug, about, text, std::forward<Values>(values)...);
  }
  template <class... Values>
  void debug(fmt::format_string<Values...> text, Values&&... values) const {
    log(level::debug, log_fields{}, text, std::forward<Values>(values)...);
  }

  template <class... Values>
  void info(const log_fields& about, fmt::format_string<Values...> text, Values&&... values) const {
    log(level::info, about, text, std::forward<Values>(values)...);
  }
  template <class... Values>
  void info(fmt::format_string<Values...> text, Values&&... values) const {
    log(level::info, log_fields{}, text, std::forward<Values>(values)...);
  }

  template <class... Values>
  void warn(const log_fields& about, fmt::format_string<Values...> text, Values&&... values) const {
    log(level::warn, about, text, std::forward<Values>(values)...);
  }
  template <class... Values>
  void warn(fmt::format_string<Values...> text, Values&&... values) const {
    log(level::warn, log_fields{}, text, std::forward<Values>(values)...);
  }

  template <class... Values>
  void error(const log_fields& about, fmt::format_string<Values...> text,
             Values&&... values) const {
    log(level::err, about, text, std::forward<Values>(values)...);
  }
  template <class... Values>
  void error(fmt::format_string<Values...> text, Values&&... values) const {
    log(level::err, log_fields{}, text, std::forward<Values>(values)...);
  }

  template <class... Values>
  void critical(const log_fields& about, fmt::format_string<Values...> text,
                Values&&... values) const {
    log(level::critical, about, text, std::forward<Values>(values)...);
  }
  template <class... Values>
  void critical(fmt::format_string<Values...> text, Values&&... values) const {
    log(level::critical, log_fields{}, text, std::forward<Values>(values)...);
  }

private:
  void write(level severity, log_fields about, const std::string& message) const {
    about.database = database_;
    to_->log(severity, spdlog::string_view_t{to_line(message, about)});
  }

  std::shared_ptr<spdlog::logger> to_;
  std::string database_;
};

} // namespace freehold
