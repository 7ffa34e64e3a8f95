// Collecting everything that is wrong before anything is thrown.
#pragma once

#include <freehold/config.hpp>

#include <cstddef>
#include <map>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace freehold::configuration {

/// Where a value was written, and how; `value` is already "***" for secrets.
struct place {
  std::string source;
  std::size_t line = 0;
  std::size_t column = 0;
  std::string key;
  std::string value;
};

class problem_list {
public:
  void add(const place& where, std::string message);
  void append(const problem_list& others);
  [[nodiscard]] bool empty() const noexcept { return problems_.empty(); }
  /// In the order of the file; those without a line keep their order and go first.
  [[nodiscard]] std::vector<config_problem> sorted() const;
  /// Throws `config_error` with all of them, if there are any.
  void throw_if_any() const;

private:
  std::vector<config_problem> problems_;
};

/// Remembers where each effective option was written, by dotted key.
class provenance {
public:
  explicit provenance(std::string source) : source_{std::move(source)} {}
  void remember(const std::string& key, place where) { places_[key] = std::move(where); }
  /// The key was written but could not be read: nothing is to be concluded
  /// from the default that stands in its place.
  void mark_faulty(const std::string& key) { faulty_.insert(key); }
  [[nodiscard]] bool is_faulty(const std::string& key) const { return faulty_.contains(key); }
  [[nodiscard]] bool knows(const std::string& key) const { return places_.contains(key); }
  /// Where the key was written; for a default, the source as a whole.
  [[nodiscard]] place of(const std::string& key) const;

private:
  std::string source_;
  std::map<std::string, place> places_;
  std::set<std::string> faulty_;
};

/// Text in double quotes, on one line and not too long for a message.
std::string in_quotes(std::string_view text);

} // namespace freehold::configuration
