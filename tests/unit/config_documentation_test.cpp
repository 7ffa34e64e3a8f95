#include "config/documentation.hpp"
#include "config/option_table.hpp"
#include "tests/support/catch.hpp"

#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>

using namespace freehold::configuration;

TEST_CASE("docs/CONFIGURATION.md is what the option table says", "[config]") {
  std::ifstream file{std::filesystem::path{FREEHOLD_SOURCE_DIR} / "docs" / "CONFIGURATION.md"};
  const std::string committed{std::istreambuf_iterator<char>{file},
                              std::istreambuf_iterator<char>{}};
  INFO("regenerate it with docs/generate_configuration.cpp");
  CHECK(committed == configuration_markdown());
}

TEST_CASE("the document lists every option", "[config]") {
  const std::string document = configuration_markdown();
  for (const std::vector<option_group>* groups : {&runtime_groups(), &database_groups()})
    for (const option_group& group : *groups)
      for (const option& entry : group.options) {
        INFO(option_key(group, entry));
        CHECK(document.find("| `" + std::string{entry.key} + "` |") != std::string::npos);
      }
}
