#include "runtime/pool_statistics.hpp"

namespace freehold {

namespace {

// Tells apart what a snapshot lists: a statement, scripts by their first one, and functions.
std::uint64_t key_of(const request& what) {
  if (what.steps.empty())
    return what.kind == request_kind::script ? 1 : 0;
  const std::uint64_t identity = what.steps.front().what.identity();
  return what.kind == request_kind::execute ? identity : ~identity;
}

} // namespace

void pool_statistics::settled(const request& what, time_point since, time_point now) {
  const bool failed = what.failed();
  if (what.succeeded())
    ++answered_;
  else if (failed)
    ++failed_;
  else if (what.took.count() == 0) // to be sent again, and not known to have run
    return;
  // The pipeline measures; what runs alone has no Sync to measure by.
  const bool measured = what.kind == request_kind::execute || what.kind == request_kind::script;
  const std::chrono::nanoseconds took = measured ? what.took : now - since;
  if (took.count() <= 0) // it was never sent
    return;
  execute_.record(nanoseconds(took));
  whole_.record(nanoseconds(now - what.submitted));
  const auto share = what.company > 1 ? took / what.company : took;
  statements_.record(
      key_of(what), [&] { return what.name(); }, share, took, failed);
}

void pool_statistics::show(database_snapshot& in) const {
  constexpr double second = 1e-9;
  in.acquire = acquire_.shown(second);
  in.execute = execute_.shown(second);
  in.connect = connect_.shown(second);
  in.whole = whole_.shown(second);
  in.batch_size = batch_size_.shown(1.0);
  in.statements = statements_.shown();
  in.answered_total = answered_;
  in.failed_total = failed_;
  in.circuit.half_opened_total = entered_[static_cast<std::size_t>(circuit_state::half_open)];
  in.circuit.recovering_total = entered_[static_cast<std::size_t>(circuit_state::recovering)];
  in.circuit.closed_total = entered_[static_cast<std::size_t>(circuit_state::closed)];
}

} // namespace freehold
