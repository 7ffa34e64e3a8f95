// Freehold's errors inside those of CAF.

#include <freehold/messages.hpp>

#include <caf/atom.hpp>
#include <caf/sec.hpp>

namespace freehold {

namespace {
constexpr caf::atom_value category = caf::atom("freehold");
}

caf::error to_caf_error(const error_ptr& from) {
  return caf::error{static_cast<std::uint8_t>(from->code), category, caf::make_message(from)};
}

error to_error(const caf::error& from) {
  if (from.category() == category && from.context().match_elements<error_ptr>()) {
    return *from.context().get_as<error_ptr>(0);
  }
  error why;
  if (from == caf::sec::request_timeout) {
    why.code = errc::deadline_exceeded;
    why.message = "the requester's own timeout passed; the statement may still run";
    why.fate = fate::unknown;
  } else {
    why.code = errc::stopped;
    why.message = "the database's actor is gone: the runtime has stopped";
  }
  return why;
}

} // namespace freehold
