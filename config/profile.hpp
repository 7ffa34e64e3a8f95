// Which profile is in force, and which layers it is made of.
#pragma once

#include "config/document.hpp"
#include "config/layer_reader.hpp"

#include <map>
#include <optional>
#include <string>
#include <vector>

namespace freehold::configuration {

/// The built-in profile of that name, if it is one.
std::optional<base_profile> built_in_profile(std::string_view name);
std::string profile_name(base_profile profile);

struct profile_choice {
  std::string name = "production";
  place where; ///< who chose it
};

/// Argument before FREEHOLD_PROFILE before the file's `profile` before production.
profile_choice choose_profile(const document_node& root, const std::string& source,
                              const std::optional<std::string>& argument, const environment& env,
                              problem_list& problems);

struct profile_chain {
  base_profile root = base_profile::production;
  std::vector<layer> layers; ///< the file's own sections, then the overlays, base first
};

/// The [profiles.NAME] sections of a file.
class profile_book {
public:
  /// Reports malformed profiles, unknown bases and cycles.
  profile_book(const document_node& root, std::string source, problem_list& problems);

  /// Every profile the file defines.
  [[nodiscard]] std::vector<std::string> names() const;
  /// Built-in ones included.
  [[nodiscard]] std::vector<std::string> known_names() const;
  /// Nothing if the name is unknown or its bases do not end at a built-in one.
  [[nodiscard]] std::optional<profile_chain> chain(const std::string& name) const;

private:
  struct definition {
    const document_node* node = nullptr;
    std::string base;
    place base_place;
  };

  void define(const document_node& node, problem_list& problems);
  void read_base(const document_node& node, definition& into, problem_list& problems) const;
  void check_bases(problem_list& problems) const;
  [[nodiscard]] bool is_known(const std::string& name) const;
  [[nodiscard]] std::vector<std::string> path_to_built_in(const std::string& name) const;

  const document_node* root_;
  std::string source_;
  std::map<std::string, definition> definitions_;
};

} // namespace freehold::configuration
