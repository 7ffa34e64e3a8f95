// One option an operator may set: what it is called, what it is measured in,
// which values are allowed, what it does, and where it lives in the structs.
#pragma once

#include <freehold/config.hpp>

#include <chrono>
#include <cstddef>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <variant>
#include <vector>

namespace freehold::configuration {

enum class unit {
  count,
  fraction,
  duration,
  bytes,
  flag,
  text,
  policy,
  level,
  format,
  restart,
  strategy,
  names,
  address, ///< HOST:PORT, or nothing
  secret   ///< never shown, also not when it is wrong
};

/// When a changed value is felt without a restart of the service.
enum class reload { at_once, new_connections, restart };

using option_value = std::variant<bool, std::size_t, double, std::chrono::milliseconds, std::string,
                                  statement_policy, log_level, log_format, restart_policy,
                                  restart_strategy, std::vector<std::string>, secret>;

using option_owner = std::variant<runtime_options*, database_options*, child_options*>;
using const_option_owner =
    std::variant<const runtime_options*, const database_options*, const child_options*>;

/// Reads and writes one member without the reader knowing its type.
struct accessor {
  option_value (*read)(const_option_owner) = nullptr;
  void (*write)(option_owner, const option_value&) = nullptr;
};

/// An accessor along member pointers: `through<database_options,
/// &database_options::pool, &pool_options::max_connections>()`.
template <class Owner, auto... Path>
constexpr accessor through() {
  return {[](const_option_owner owner) {
            const auto& member = (*std::get<const Owner*>(owner).*....*Path);
            using member_type = std::remove_cvref_t<decltype(member)>;
            return option_value{std::in_place_type<member_type>, member};
          },
          [](option_owner owner, const option_value& value) {
            auto& member = (*std::get<Owner*>(owner).*....*Path);
            member = std::get<std::remove_cvref_t<decltype(member)>>(value);
          }};
}

/// Defaults and bounds are written as an operator would write them in a file,
/// and read by the same code. For `text` and `secret` the bounds are lengths, for `names`, which
/// the table separates by commas, numbers of names.
struct option {
  std::string_view key{}; ///< within its group
  unit measured_in = unit::count;
  std::string_view development{};
  std::string_view production{};
  std::string_view minimum{};
  std::string_view maximum{};
  /// What 0 means where it is allowed although it lies below the minimum.
  std::string_view zero{};
  std::string_view effect{};
  std::string_view origin{}; ///< where the default comes from
  reload applies = reload::at_once;
  accessor member{};
};

/// Options that share a section of the file.
struct option_group {
  std::string_view name{}; ///< section below [runtime] or [database.NAME]; may be empty
  std::string_view introduction{};
  std::vector<option> options{};
};

} // namespace freehold::configuration
