// Which text the server would refuse, found before it is sent.
#pragma once

#include <cstddef>
#include <string_view>

namespace freehold {

/// The offset of the first byte that is NUL or does not belong to well-formed
/// UTF-8, `std::string_view::npos` when there is none. Strict, as the server
/// is: overlong forms, surrogates and code points past U+10FFFF are malformed
/// (The Unicode Standard, table 3-7, Well-Formed UTF-8 Byte Sequences). The
/// offset is that of the sequence's first byte.
[[nodiscard]] std::size_t first_unsendable_byte(std::string_view text) noexcept;

} // namespace freehold
