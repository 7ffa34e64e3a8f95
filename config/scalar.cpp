#include "config/scalar.hpp"

#include "config/problem.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

namespace freehold::configuration {
namespace {

struct description {
  std::string operator()(const section&) const { return "a section"; }
  std::string operator()(const unsupported& value) const { return value.kind; }
  std::string operator()(const std::string& value) const {
    return "the string " + in_quotes(value);
  }
  std::string operator()(std::int64_t value) const { return fmt::format("the integer {}", value); }
  std::string operator()(double value) const { return fmt::format("the number {}", value); }
  std::string operator()(bool value) const { return fmt::format("the boolean {}", value); }
  std::string operator()(const list&) const { return "an array"; }
};

struct plain_text {
  std::string operator()(const section&) const { return "{…}"; }
  std::string operator()(const unsupported& value) const { return value.kind; }
  std::string operator()(const std::string& value) const { return value; }
  std::string operator()(std::int64_t value) const { return fmt::format("{}", value); }
  std::string operator()(double value) const { return fmt::format("{}", value); }
  std::string operator()(bool value) const { return fmt::format("{}", value); }
  std::string operator()(const list& value) const {
    return fmt::format("{}", fmt::join(value, ", "));
  }
};

} // namespace

std::string describe(const scalar& value) {
  return std::visit(description{}, value);
}

std::string as_written(const scalar& value) {
  return std::visit(plain_text{}, value);
}

} // namespace freehold::configuration
