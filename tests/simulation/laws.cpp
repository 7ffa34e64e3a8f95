#include "tests/simulation/laws.hpp"

#include <algorithm>

namespace freehold::simulation {
namespace {

// A supervisor that keeps requests waiting looks every 50 ms, and no sooner than 10 ms after the
// last time (actors/supervisor_watch.cpp); the rest is what turns cost.
constexpr milliseconds tolerance{75};

// When its caller must have had an answer. What runs on a lease is answered by its connection
// alone, one after the other, and that waits for a cancelled query for `cancel_grace`.
time_point latest(const evidence& seen, const asked& who) {
  if (who.lease == 0)
    return who.deadline + tolerance;
  time_point last = who.deadline;
  for (const asked& each : seen.users.all()) {
    if (each.lease == who.lease && each.id < who.id)
      last = std::max(last, each.deadline);
  }
  return last + tolerance + seen.of.options.statements.cancel_grace;
}

std::string told(const asked& who) {
  return who.answers == 0 ? "nothing" : who.answer.why ? to_string(*who.answer.why) : "success";
}

std::size_t times(const std::map<std::string, std::size_t>& committed, const std::string& entry) {
  const auto found = committed.find(entry);
  return found == committed.end() ? 0 : found->second;
}

// What may have become of the writes of one request: at least, at most.
struct expectation {
  std::size_t least = 0;
  std::size_t most = 1;
};

constexpr expectation exactly_once{1, 1};
constexpr expectation never{0, 0};

expectation by_answer(const asked& who) {
  if (who.succeeded())
    return exactly_once;
  if (who.answers == 0 || who.answer.why->fate == fate::unknown)
    return {};
  return never;
}

// In the transaction of a lease a statement's success counts if the lease's commit does.
expectation on_lease(const evidence& seen, const asked& who) {
  const std::deque<asked>& all = seen.users.all();
  if (!all[who.lease - 1].in_transaction) // it may have begun one itself
    return who.in_transaction ? expectation{} : by_answer(who);
  const auto commit = std::find_if(all.begin(), all.end(), [&](const asked& each) {
    return each.commits && each.lease == who.lease;
  });
  if (commit == all.end())
    return never;
  const expectation whole = by_answer(*commit);
  const expectation own = by_answer(who);
  return {std::min(whole.least, own.least), std::min(whole.most, own.most)};
}

} // namespace

void check_one_reply(const evidence& seen, verdict& laws) {
  for (const asked& who : seen.users.all()) {
    if (who.answers > 1)
      laws.broken("one reply", "request {} ({}) was answered {} times", who.id, who.what,
                  who.answers);
    if (!who.alive.expired() && who.answers == 0)
      laws.broken("one reply", "request {} ({}) is still somewhere", who.id, who.what);
    if (who.abandoned)
      continue;
    if (who.answers == 0) {
      laws.broken("one reply", "request {} ({}) was never answered", who.id, who.what);
    } else if (who.answered > latest(seen, who)) {
      laws.broken("one reply", "request {} ({}) was answered {} ms after its deadline: {}", who.id,
                  who.what,
                  std::chrono::duration_cast<milliseconds>(who.answered - who.deadline).count(),
                  told(who));
    }
  }
}

void check_no_blind_repeat(const evidence& seen, verdict& laws) {
  const std::map<std::string, std::size_t> committed = seen.server.committed();
  for (const asked& who : seen.users.all()) {
    if (who.writes.empty())
      continue;
    expectation expected = who.lease != 0 ? on_lease(seen, who) : by_answer(who);
    if (who.effect != effect::writes) // it may be repeated, and an earlier attempt may count
      expected = {expected.least, 1'000};
    if (who.careless) // what failed before it was sent is missing, and that is its own choice
      expected.least = 0;
    const std::size_t first = times(committed, who.writes.front());
    for (const std::string& each : who.writes) {
      const std::size_t n = times(committed, each);
      if (n < expected.least || n > expected.most)
        laws.broken("no blind repeat", "\"{}\" of request {} ({}) took effect {} times; told: {}",
                    each, who.id, who.what, n, told(who));
      else if (n != first && !who.careless)
        laws.broken("all or nothing",
                    "request {} ({}) took effect in part: \"{}\" {} times, "
                    "\"{}\" {} times",
                    who.id, who.what, who.writes.front(), first, each, n);
    }
  }
}

void check_right_results(const evidence& seen, verdict& laws) {
  for (const asked& who : seen.users.all()) {
    if (!who.succeeded() || who.echo.empty())
      continue;
    const auto* rows = std::get_if<result_set>(&who.answer.value);
    const std::string got = rows != nullptr && !rows->empty() ? rows->scalar<std::string>() : "";
    if (got != who.echo)
      laws.broken("right results", "request {} ({}) got \"{}\" for \"{}\"", who.id, who.what, got,
                  who.echo);
  }
}

void check_names_heal(const evidence& seen, verdict& laws) {
  if (seen.of.kind == server_kind::pooler)
    return;
  for (const asked& who : seen.users.all()) {
    const bool heals =
        who.kind == request_kind::script || (who.kind == request_kind::execute && who.lease == 0);
    if (!heals || who.answers == 0 || !who.answer.why)
      continue;
    const std::string& state = who.answer.why->sqlstate;
    // A backend that forgot all its names may take more attempts than a request has.
    if (state == "42P05" || (state == "26000" && seen.of.resets == 0))
      laws.broken("one namespace", "request {} ({}) was told: {}", who.id, who.what, told(who));
  }
}

void check_bounds(const evidence& seen, const database_snapshot& shown, verdict& laws) {
  const pool_options& pool = seen.of.options.pool;
  const std::size_t open =
      shown.connecting + shown.idle + shown.busy + shown.exclusive + shown.leased + shown.draining;
  if (open > pool.max_connections)
    laws.broken("bounds", "{} connections in the pool, {} allowed", open, pool.max_connections);
  if (shown.waiting > pool.queue_length)
    laws.broken("bounds", "{} requests wait, {} allowed", shown.waiting, pool.queue_length);
  if (seen.of.kind == server_kind::direct && seen.server.surprises() == 0 &&
      shown.healed.total() > 0)
    laws.broken("one namespace", "{} statements were healed on a direct server that gave no cause",
                shown.healed.total());
}

void check_circuit(const circuit_snapshot& before, const circuit_snapshot& after, verdict& laws) {
  const auto place = [](const circuit_snapshot& of) {
    return of.state == circuit_state::open         ? 0
           : of.state == circuit_state::half_open  ? 1
           : of.state == circuit_state::recovering ? 2
                                                   : 3;
  };
  if (after.opened_total < before.opened_total ||
      (after.opened_total == before.opened_total && place(after) < place(before)))
    laws.broken("circuit", "it went from {} to {}, opened {} times and then {}",
                to_string(before.state), to_string(after.state), before.opened_total,
                after.opened_total);
  if ((after.state == circuit_state::closed) != after.cause.empty())
    laws.broken("circuit", "it is {} because of \"{}\"", to_string(after.state), after.cause);
}

void check_rest(const evidence& seen, const database_snapshot& shown, verdict& laws) {
  if (shown.waiting + shown.busy + shown.exclusive + shown.leased > 0)
    laws.broken("nothing leaked", "at rest: {} wait, {} busy, {} exclusive, {} leased",
                shown.waiting, shown.busy, shown.exclusive, shown.leased);
  for (const connection_holder& each : shown.holders)
    laws.broken("nothing leaked", "connection {} is held by {} [{}] for {} ms", each.connection,
                each.what, each.query_id, each.age.count());
  if (!counts_agree(seen, shown))
    laws.broken("nothing leaked",
                "the pool has {} connections connecting, {} idle and {} draining, the server {} "
                "sessions and {} connecting",
                shown.connecting, shown.idle, shown.draining, seen.server.alive(),
                seen.server.connecting());
}

bool counts_agree(const evidence& seen, const database_snapshot& shown) {
  return shown.connecting + shown.idle + shown.draining ==
         seen.server.alive() + seen.server.connecting();
}

} // namespace freehold::simulation
