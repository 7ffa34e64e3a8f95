// Prints docs/CONFIGURATION.md: build, run, and redirect into that file.
#include "config/documentation.hpp"

#include <iostream>

int main() {
  std::cout << freehold::configuration::configuration_markdown();
}
