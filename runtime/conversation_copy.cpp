// COPY inside a transaction function.

#include "runtime/conversation.hpp"

#include <utility>

namespace freehold {

void conversation::open() {
  in_block_ = true; // COPY is offered to transaction functions only
  if (begin_.empty())
    return;
  static_cast<void>(attempt(nullptr));
  static_cast<void>(heal());
  state_.names.end_batch();
  if (refused_)
    refuse(refused_at_.of != nullptr ? *refused_at_.of : bound_statement{{"BEGIN", "BEGIN"}, {}},
           *refused_);
}

std::size_t conversation::copy(const statement& what, const std::function<std::size_t()>& run) {
  if (state_.lost())
    lost(what, false);
  if (what.scope() != statement_scope::copy) {
    fail(errc::not_allowed, what.name(), "it is no COPY statement", fate::not_sent);
  }
  open();
  try {
    return run();
  } catch (const copy_refused& said) {
    refuse({what, {}}, said.why());
  } catch (const failure& why) {
    if (why.code() == errc::connection_lost || why.code() == errc::deadline_exceeded) {
      state_.lose(why.why().message);
      last_failure_ = failure_class::connection_fatal;
    }
    throw;
  }
}

std::size_t conversation::copy_in(const statement& what,
                                  const std::function<std::optional<std::string>()>& next) {
  const auto while_wanted = [&] {
    check_wanted(what);
    return next();
  };
  return copy(what, [&] { return session_.copy_in(what.sql(), while_wanted, what_.deadline); });
}

std::size_t conversation::copy_out(const statement& what,
                                   const std::function<void(std::string_view)>& row) {
  const auto while_wanted = [&](std::string_view data) {
    check_wanted(what);
    row(data);
  };
  return copy(what, [&] { return session_.copy_out(what.sql(), while_wanted, what_.deadline); });
}

} // namespace freehold
