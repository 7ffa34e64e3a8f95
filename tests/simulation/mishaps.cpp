// What goes wrong with a command, and what a server sees that must not be.

#include "tests/simulation/simulated_session.hpp"

#include <array>

namespace freehold::simulation {

using testing::mishap;
using testing::refusal;
using testing::trouble;

namespace {

// One or more of each class (runtime/sqlstate.cpp) that leaves the choice.
constexpr std::array refusals{"55P03", "23505", "22012", "42601", "53100", "53200",
                              "53400", "57014", "25006", "0A000", "28000", "3D000",
                              "08P01", "08007", "40003", "XX001", "58030", "P0001"};
constexpr std::array fatal_refusals{"57P01", "57P02", "57P05", "25P03", "25P04", "08006", "53300"};

// A request meets one surprise at a time, which is what its session is to heal (three in a row are
// given up).
constexpr std::uint64_t between_surprises = 100;

} // namespace

std::optional<trouble> server_model::trouble_of_session(bool sync) {
  const mishap_rates& r = plan_.rates;
  if (random_.chance(r.lost_before))
    return trouble{mishap::lose_before, {}};
  if (random_.chance(r.lost_after))
    return trouble{mishap::lose_after, {}};
  if (sync)
    return std::nullopt;
  if (random_.chance(r.fatal))
    return refusal(fatal_refusals[random_.below(fatal_refusals.size())], "", "FATAL");
  if (random_.chance(r.hang))
    return trouble{mishap::hang, {}};
  if (random_.chance(r.deaf))
    return trouble{mishap::deaf, {}};
  return std::nullopt;
}

std::optional<trouble> server_model::trouble_of_work(simulated_session& on) {
  const mishap_rates& r = plan_.rates;
  if (random_.chance(r.refused))
    return refusal(refusals[random_.below(refusals.size())]);
  if (random_.chance(r.too_large))
    return trouble{mishap::too_large, {}};
  if (on.surprised_at <= between_surprises || !random_.chance(r.surprise))
    return std::nullopt;
  on.surprised_at = 0;
  ++surprises_;
  if (random_.chance(0.5))
    return refusal("0A000", "RevalidateCachedQuery");
  ++on.disowned;
  return refusal("26000");
}

std::optional<trouble> server_model::trouble_of(simulated_session& on, const std::string* sql,
                                                const parameters& values) {
  const bool work = sql != nullptr && users_.owner(*sql, values) != nullptr;
  if (work) {
    check_turn(on, *sql, values);
    on.implicit = !on.in_transaction();
  }
  if (calm_)
    return std::nullopt;
  ++on.surprised_at;
  if (std::optional<trouble> met = trouble_of_session(sql == nullptr))
    return met;
  // At a Sync: a deferred constraint, or a conflict found at the end of an implicit transaction.
  const bool ends = sql == nullptr ? std::exchange(on.implicit, false) : *sql == "COMMIT";
  if ((work || ends) && random_.chance(work ? plan_.rates.conflict : plan_.rates.conflict / 4))
    return refusal(random_.one_of({"40001", "40P01"}));
  return work ? trouble_of_work(on) : std::nullopt;
}

bool server_model::is_taken(simulated_session& on) {
  if (calm_ || on.surprised_at <= between_surprises || !random_.chance(plan_.rates.name_taken))
    return false;
  on.surprised_at = 0;
  ++surprises_;
  return true;
}

// Law: one namespace. Whatever other sessions do, no two share a name.
void server_model::check_name(const simulated_session& on, const std::string& name,
                              const std::string& sql) {
  const auto [known, first] = names_.try_emplace(name, sql, on.number);
  if (!first && (known->second.first != sql || known->second.second != on.number)) {
    laws_.broken("one namespace", "session {} prepares \"{}\" as {}, which session {} used for {}",
                 on.number, sql, name, known->second.second, known->second.first);
  }
}

// Law: a leased session serves its holder, and a transaction belongs to one request.
void server_model::check_turn(simulated_session& on, const std::string& sql,
                              const parameters& values) {
  const asked& who = *users_.owner(sql, values);
  const std::uint64_t lease = who.lease;
  if (on.lease != 0 && on.lease != lease && !users_.all()[on.lease - 1].over) {
    laws_.broken("leases", "request {} ({}) runs on session {} while that is leased to {}", who.id,
                 who.what, on.number, on.lease);
  }
  on.lease = lease;
  if (lease != 0) {
    const auto [known, first] = leased_on_.try_emplace(lease, on.number);
    if (!first && known->second != on.number) {
      laws_.broken("leases", "lease {} runs on sessions {} and {}", lease, known->second,
                   on.number);
    }
  }
  if (!on.in_transaction()) {
    on.block_of = 0;
    return;
  }
  const std::uint64_t whose = lease != 0 ? lease : who.id;
  if (on.block_of != 0 && on.block_of != whose) {
    laws_.broken("leases", "request {} ({}) runs in the transaction of {} on session {}", who.id,
                 who.what, on.block_of, on.number);
  }
  on.block_of = whose;
}

} // namespace freehold::simulation
