// What has to hold in every simulation, whatever went wrong in it.
#pragma once

#include "tests/simulation/server_model.hpp"

namespace freehold::simulation {

/// What there is to judge by, when everything has come to rest.
struct evidence {
  const plan& of;
  const callers& users;
  const server_model& server;
  time_point now;
};

/// Each caller had exactly one answer by its deadline; one that went away at most one.
void check_one_reply(const evidence& seen, verdict& laws);
/// What takes effect does so once if its caller was told that it did, never if it was told that
/// it did not, and all of it or nothing.
void check_no_blind_repeat(const evidence& seen, verdict& laws);
/// Whoever was answered with a result got his own.
void check_right_results(const evidence& seen, verdict& laws);
/// On a server that keeps a session's names nobody hears of them.
void check_names_heal(const evidence& seen, verdict& laws);
/// While it runs: limits as its snapshot shows them.
void check_bounds(const evidence& seen, const database_snapshot& shown, verdict& laws);
/// At rest, with the server well: nothing waits, nothing is held, and the pool knows exactly the
/// sessions that there are.
void check_rest(const evidence& seen, const database_snapshot& shown, verdict& laws);
/// Whether the pool counts the sessions that there are.
[[nodiscard]] bool counts_agree(const evidence& seen, const database_snapshot& shown);
/// Between two looks at a circuit: it is open, tried, recovering and closed in this order, and
/// begins anew only by opening.
void check_circuit(const circuit_snapshot& before, const circuit_snapshot& after, verdict& laws);

} // namespace freehold::simulation
