// What people type, judged. Pure: no database, no HTTP.
#pragma once

#include "examples/rental/listings.hpp"

#include <functional>
#include <optional>
#include <set>
#include <string>
#include <string_view>

namespace rental {

/// What was typed into a field; empty if it was not sent.
using form_fields = std::function<std::string(const char* field)>;

/// Of `city`, `rent_from`, `rent_to`, `rooms`, `sort` and `page`; an empty one has its default.
/// Those that cannot be used are named in `wrong`.
[[nodiscard]] search read_search(const form_fields& typed, std::set<std::string>& wrong);
/// In lower case and without white space around it, so that one person is one user. Nothing if it
/// cannot be an address: those have at most 254 characters (RFC 5321, 4.5.3.1.3).
[[nodiscard]] std::optional<std::string> normal_email(std::string_view typed);
/// Whether it can be sent: 10 to 2000 characters of UTF-8, new lines among them.
[[nodiscard]] bool is_message(const std::string& typed);

} // namespace rental
