#include "config/name.hpp"

#include <algorithm>

namespace freehold::configuration {
namespace {

bool is_lower(char letter) {
  return letter >= 'a' && letter <= 'z';
}

bool begins_setting(char letter) {
  return is_lower(letter) || (letter >= 'A' && letter <= 'Z') || letter == '_';
}

} // namespace

bool is_name(std::string_view text) {
  return !text.empty() && is_lower(text.front()) &&
         std::all_of(text.begin(), text.end(), [](char letter) {
           return is_lower(letter) || (letter >= '0' && letter <= '9') || letter == '_' ||
                  letter == '-';
         });
}

bool is_setting_name(std::string_view text) {
  constexpr std::size_t longest = 128; // two identifiers of PostgreSQL's 63 bytes and a dot
  return !text.empty() && text.size() <= longest && begins_setting(text.front()) &&
         std::all_of(text.begin(), text.end(), [](char letter) {
           return begins_setting(letter) || (letter >= '0' && letter <= '9') || letter == '.';
         });
}

std::string name_expectation(std::string_view what) {
  return "a name for " + std::string{what} +
         " that begins with a letter a-z and goes on with a-z, 0-9, _ and -";
}

} // namespace freehold::configuration
