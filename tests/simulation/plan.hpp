// What one seed brings: options, a kind of server, traffic, and what goes wrong.
#pragma once

#include "tests/simulation/dice.hpp"

#include <freehold/config.hpp>

#include <optional>
#include <string>

namespace freehold::simulation {

enum class server_kind {
  direct,          ///< each session has a backend of its own
  pooler,          ///< any backend for each transaction, names and all
  tracking_pooler, ///< the same, and each client has its own names
};

/// Chances, each for one occasion.
struct mishap_rates {
  // of a connect
  double connect_refused = 0;
  double connect_hangs = 0;
  double connect_slow = 0;
  // of a command, a Sync included
  double lost_before = 0;
  double lost_after = 0;
  double blackout = 0; ///< the server runs all it got, and no answer arrives
  double fatal = 0;    ///< an error of severity FATAL
  double hang = 0;     ///< until cancelled
  double deaf = 0;     ///< cancelling does not help
  double slow = 0;     ///< a group of answers comes late
  // of a statement of the traffic
  double conflict = 0; ///< 40001, 40P01
  double refused = 0;  ///< by one of the other classes
  double surprise = 0; ///< a name is unknown or a plan stale, says the server
  double too_large = 0;
  // of a Parse
  double name_taken = 0; ///< by somebody else, and stays so
};

struct plan {
  database_options options;
  milliseconds drain_timeout{0};
  server_kind kind = server_kind::direct;
  std::size_t backends = 1;
  mishap_rates rates;
  microseconds round_trip{0};
  milliseconds slow_for{0};
  microseconds turn_cost{0};

  std::size_t requests = 0;
  milliseconds busy_for{0};            ///< they are made during this time
  double abandoned = 0;                ///< fraction whose caller goes away
  double follow_ups = 0;               ///< fraction whose answer makes its caller ask again
  std::size_t kills = 0;               ///< of connection actors
  std::size_t ddl = 0;                 ///< changes that make plans stale
  std::size_t resets = 0;              ///< all names of a backend vanish
  std::optional<milliseconds> stop_at; ///< in the middle of it all
};

[[nodiscard]] plan draw_plan(dice& random);
[[nodiscard]] std::string describe(const plan& p);

} // namespace freehold::simulation
