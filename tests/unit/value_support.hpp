// Single values, there and back.
#pragma once

#include "tests/support/catch.hpp"

#include <freehold/result_set.hpp>

#include <string>

namespace freehold::testing {

/// What a cell with that text is as a T.
template <class T>
[[nodiscard]] T read(const std::string& text) {
  return make_result_set({"a"}, {{text}}).scalar<T>();
}

/// The text that a value is sent as.
template <class T>
[[nodiscard]] std::string written(const T& value) {
  const auto bound = parameters::of(value);
  CHECK_FALSE(bound.problem());
  return bound.data(0);
}

/// Why that text is no T, after what says where the cell is; empty when it is one.
template <class T>
[[nodiscard]] std::string why_not(const std::string& text) {
  try {
    static_cast<void>(read<T>(text));
    return {};
  } catch (const failure& reason) {
    CHECK(reason.code() == errc::bad_conversion);
    const std::string& message = reason.why().message;
    return message.substr(message.find("does"));
  }
}

} // namespace freehold::testing
