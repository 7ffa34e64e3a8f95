// A pool's books, and connections in them.
#pragma once

#include "runtime/pool_ledger.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/instant.hpp"

#include <chrono>

namespace freehold::testing {

using namespace std::chrono_literals;

[[nodiscard]] inline pool_options ledger_options(std::size_t least = 1, std::size_t most = 5) {
  pool_options pool;
  pool.min_connections = least;
  pool.max_connections = most;
  pool.pipeline_depth = 3;
  pool.idle_timeout = 60s;
  pool.max_lifetime = 600s;
  pool.lifetime_jitter = 0.0;
  return pool;
}

struct ledger_fixture {
  pool_ledger pool{ledger_options(), 1};

  connection_id idle(std::chrono::seconds at = 0s) {
    const connection_id id = pool.add(start + at);
    pool.ready(id, start + at);
    return id;
  }
  connection_id busy(std::size_t n) {
    const connection_id id = idle();
    pool.assigned(id, n);
    return id;
  }
};

} // namespace freehold::testing
