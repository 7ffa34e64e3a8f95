#include "actors/gathered_requests.hpp"

namespace freehold {

namespace {
// A mark on the stack of this thread and nobody's state: it names the innermost
// object that is alive here, and runtimes tell theirs apart by the context.
thread_local gathered_requests* innermost = nullptr;
} // namespace

gathered_requests::gathered_requests(const database_context& of) noexcept
    : of_{of}, outer_{std::exchange(innermost, this)} {}

gathered_requests::~gathered_requests() {
  innermost = outer_;
}

gathered_requests* gathered_requests::exchange(gathered_requests* other) noexcept {
  return std::exchange(innermost, other);
}

bool gathered_requests::gather(const database_context& of, request_ptr& what) {
  if (innermost == nullptr || &innermost->of_ != &of)
    return false;
  innermost->all_.push_back(std::move(what));
  return true;
}

} // namespace freehold
