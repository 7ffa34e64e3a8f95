// docs/CONFIGURATION.md, written from the option table.
#pragma once

#include <string>

namespace freehold::configuration {

/// The whole document. docs/generate_configuration.cpp prints it.
std::string configuration_markdown();

} // namespace freehold::configuration
