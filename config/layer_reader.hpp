// Reads one layer of a file (its own sections, or those of a profile) into a
// draft, and reports every key that is unknown and every value that cannot be.
#pragma once

#include "config/assignment.hpp"
#include "config/document.hpp"

#include <cstddef>
#include <set>
#include <string>
#include <vector>

namespace freehold::configuration {

struct layer {
  std::string source;
  std::string prefix;     ///< "", or "profiles.staging."
  std::size_t number = 0; ///< 0: the file's own sections
  const document_node* node = nullptr;
};

/// The databases that some layer says how to reach: every one among the file's
/// own sections, and in an overlay those with a `url` or another connection key.
std::set<std::string> declared_databases(const std::vector<layer>& layers);
/// The children that some layer says what they are, by full path: every one among
/// the file's own sections, and in an overlay those with an actor or children.
std::set<std::string> declared_children(const std::vector<layer>& layers);

/// What a layer may refer to.
struct declared_sections {
  explicit declared_sections(const std::vector<layer>& layers)
      : databases{declared_databases(layers)}, children{declared_children(layers)} {}
  std::set<std::string> databases;
  std::set<std::string> children;
};

class layer_reader {
public:
  layer_reader(const layer& from, const declared_sections& declared, draft& into,
               problem_list& problems)
      : layer_{from}, declared_{declared}, draft_{into}, problems_{problems} {}

  void read();

private:
  using group_list = const std::vector<option_group>&;

  void read_runtime(const document_node& node);
  void read_databases(const document_node& node);
  void read_database(const document_node& node);
  void read_database_key(const document_node& node, const std::string& path, section_draft& into);
  void read_children(const document_node& node, const std::string& parent);
  void read_child(const document_node& node, const std::string& path);
  void read_group(const document_node& node, group_list groups, const option_group& group,
                  const std::string& path, section_draft& into);
  void take_option(const document_node& node, const option& entry, const std::string& key,
                   const std::string& path, section_draft& into);
  template <class Read>
  void take(const std::string& key, assignment value, section_draft& into, Read read);

  bool expect_section(const document_node& node, const std::string& path);
  void refuse_unknown(const document_node& node, const std::string& path,
                      const std::vector<std::string>& siblings, group_list groups);
  [[nodiscard]] place place_of(const document_node& node, const std::string& path) const;

  const layer& layer_;
  const declared_sections& declared_;
  draft& draft_;
  problem_list& problems_;
};

} // namespace freehold::configuration
