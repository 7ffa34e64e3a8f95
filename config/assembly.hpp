// From a draft to a configuration.
#pragma once

#include "config/assignment.hpp"

namespace freehold::configuration {

/// Built-in defaults, then the URL's pool parameters, then what the layers say.
/// Remembers in `origins` where each option came from.
config assemble(const draft& from, base_profile profile, const environment& env,
                provenance& origins, problem_list& problems);

/// One database from a URL alone.
database_options assemble_from_url(const url_settings& settings, base_profile profile,
                                   const std::string& name, const place& where,
                                   provenance& origins);

} // namespace freehold::configuration
