// What the types of columns are called in error messages.
#pragma once

#include <cstdint>
#include <string>

namespace freehold {

/// "double precision" for a built-in type that is met often, "type 16385" for others.
[[nodiscard]] std::string type_name(std::uint32_t oid);

} // namespace freehold
