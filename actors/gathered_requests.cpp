#include "actors/gathered_requests.hpp"

#include <algorithm>

namespace freehold {

namespace {
// A mark on the stack of this thread and nobody's state: it names the innermost
// object that is alive here, and runtimes tell theirs apart by the context.
thread_local gathered_requests* innermost = nullptr;

// After a change of the configuration handles and connections have different contexts.
bool of_one_database(const database_context& a, const database_context& b) noexcept {
  return a.traffic == b.traffic;
}
} // namespace

gathered_requests::gathered_requests(const database_context& of, std::size_t expected) noexcept
    : of_{of}, outer_{std::exchange(innermost, this)}, expected_{
                                                           std::max<std::size_t>(expected, 1)} {}

gathered_requests::~gathered_requests() {
  innermost = outer_;
}

gathered_requests* gathered_requests::exchange(gathered_requests* other) noexcept {
  return std::exchange(innermost, other);
}

bool gathered_requests::gather(const database_context& of, request_ptr& what) {
  if (innermost == nullptr || !of_one_database(innermost->of_, of))
    return false;
  std::vector<request_ptr>& all = innermost->all_;
  if (all.empty())
    all.reserve(innermost->expected_);
  all.push_back(std::move(what));
  return true;
}

std::uint32_t gathered_requests::next_id(const database_context& of) {
  if (innermost == nullptr || !of_one_database(innermost->of_, of))
    return of.ids->next();
  gathered_requests& here = *innermost;
  if (here.next_id_ == here.end_of_ids_) {
    here.next_id_ = of.ids->take(here.expected_);
    here.end_of_ids_ = here.next_id_ + here.expected_;
  }
  return of.ids->at(here.next_id_++);
}

} // namespace freehold
