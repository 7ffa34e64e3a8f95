// What one layer of a file says about one key, and reading it as a value.
#pragma once

#include "config/libpq_parameter.hpp"
#include "config/option.hpp"
#include "config/problem.hpp"
#include "config/scalar.hpp"
#include "config/url_parameter.hpp"

#include <cstddef>
#include <map>
#include <optional>
#include <set>
#include <string>

namespace freehold::configuration {

/// `layer` counts from 0, the file's own sections; overlays follow.
struct assignment {
  place where;
  scalar written;
  std::size_t layer = 0;
};

/// [runtime] or one [database.NAME], over all layers; keys are dotted and a
/// later layer overwrites an earlier one.
struct section_draft {
  place where;
  std::size_t layer = 0;
  std::map<std::string, assignment> values;
  std::set<std::string> faulty; ///< keys that were written but could not be read
};

struct draft {
  section_draft runtime;
  std::map<std::string, section_draft> databases;
  /// By full path: "child.search", "child.search.child.cache".
  std::map<std::string, section_draft> children;
};

/// Whether the value has to wait for the environment.
bool is_deferred(const assignment& value);

// Each gives the value, or adds a problem and gives nothing.
std::optional<option_value> read_option(const option& entry, const assignment& value,
                                        const environment& env, problem_list& problems);
std::optional<std::string> read_parameter(const libpq_parameter& parameter, const assignment& value,
                                          const environment& env, problem_list& problems);
std::optional<std::string> read_schema(const assignment& value, const environment& env,
                                       problem_list& problems);
std::optional<url_settings> read_url(const assignment& value, const environment& env,
                                     problem_list& problems);

} // namespace freehold::configuration
