#include "config/name.hpp"

#include <algorithm>

namespace freehold::configuration {
namespace {

bool is_lower(char letter) {
  return letter >= 'a' && letter <= 'z';
}

} // namespace

bool is_name(std::string_view text) {
  return !text.empty() && is_lower(text.front()) &&
         std::all_of(text.begin(), text.end(), [](char letter) {
           return is_lower(letter) || (letter >= '0' && letter <= '9') || letter == '_' ||
                  letter == '-';
         });
}

std::string name_expectation(std::string_view what) {
  return "a name for " + std::string{what} +
         " that begins with a letter a-z and goes on with a-z, 0-9, _ and -";
}

} // namespace freehold::configuration
