// The files of the dashboard, which are in the library itself.
#pragma once

#include <string_view>
#include <vector>

namespace freehold {

struct dashboard_file {
  std::string_view name; ///< "index.html"
  std::string_view content;
};

/// All of actors/dashboard, as it was when this was built (cmake/embed_files.cmake).
[[nodiscard]] std::vector<dashboard_file> dashboard_files();

} // namespace freehold
