// A connection URL fit to be shown.
#pragma once

#include <string>
#include <string_view>

namespace freehold::configuration {

/// The URL for a message. The password and every secret or unknown parameter
/// are "***"; of a URL that cannot be read, nothing is shown between the scheme
/// and the last @.
std::string redacted_url(std::string_view url);

} // namespace freehold::configuration
