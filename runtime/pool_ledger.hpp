// Who is in the pool and what each connection does.
#pragma once

#include <freehold/config.hpp>

#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <optional>
#include <random>
#include <string_view>
#include <vector>

namespace freehold {

/// Names one connection of one pool; never reused.
using connection_id = std::uint32_t;

enum class connection_state : std::uint8_t {
  connecting,
  idle,
  busy,      ///< executes a pipeline; more may be added
  exclusive, ///< executes one request alone
  leased,    ///< serves one holder until released
  draining,  ///< takes nothing new; to be closed when nothing is under way
};

[[nodiscard]] std::string_view to_string(connection_state value) noexcept;

struct pool_counts {
  std::size_t connecting = 0;
  std::size_t idle = 0;
  std::size_t busy = 0;
  std::size_t exclusive = 0;
  std::size_t leased = 0;
  std::size_t draining = 0;

  /// All that hold a slot of the server, or soon will.
  [[nodiscard]] std::size_t total() const noexcept { return connecting + usable() + draining; }
  /// Those that are connected and stay.
  [[nodiscard]] std::size_t usable() const noexcept { return idle + busy + exclusive + leased; }
  friend bool operator==(const pool_counts&, const pool_counts&) = default;
};

/// Bookkeeping of a pool: every call is a fact reported by its owner or a
/// question. A wrong call (an unknown id, more settled than assigned) is a
/// defect and asserted.
class pool_ledger {
public:
  using time_point = std::chrono::steady_clock::time_point;

  /// `seed` decides how lifetimes are varied.
  explicit pool_ledger(const pool_options& options, std::uint64_t seed);

  /// A new connection, connecting.
  [[nodiscard]] connection_id add(time_point now);
  /// It is connected: idle, and its lifetime begins.
  void ready(connection_id id, time_point now);
  /// It is gone, in whatever state it was.
  void remove(connection_id id);

  /// The connection for a request that shares a pipeline, or nullopt when it has to wait.
  ///
  /// The idle connection used last comes first: its caches are warm, and the
  /// others may age out. When none is idle, or as many work as `spread_over`
  /// says, it is the shortest pipeline below `pipeline_depth` and `depth`, the
  /// most that the request is to be among; if there is none, an idle one after all.
  ///
  /// It is not noted: `assigned` follows. Constant time when a connection is
  /// idle, else one pass over an array of counters.
  [[nodiscard]] std::optional<connection_id>
  pick_shared(std::size_t depth = std::numeric_limits<std::size_t>::max()) const;

  /// An idle connection, which becomes `exclusive` at once, or nullopt. At most
  /// `max_connections` - 1 are exclusive or leased, so that plain requests
  /// always have one (unless the pool is a single connection). The one used last
  /// comes first of those that were ready before `open_before`, then the others.
  [[nodiscard]] std::optional<connection_id>
  pick_exclusive(time_point now, time_point open_before = time_point::max());

  /// Shared requests are to be spread over `n` connections before pipelines grow.
  void spread_over(std::size_t n) noexcept { spread_ = n; }

  /// An exclusive request waits and nothing is idle: stops feeding the shortest
  /// pipeline, and keeps that connection for an exclusive pick once it is idle.
  /// Stays in force until an exclusive pick succeeds or `cancel_reservation`;
  /// if the chosen connection is lost, another takes its place.
  void reserve_one();
  void cancel_reservation();

  /// `n` requests were sent to it.
  void assigned(connection_id id, std::size_t n);
  /// `n` of them were answered. With none left, a busy or exclusive connection
  /// is idle again, and a draining one is drained.
  void settled(connection_id id, std::size_t n, time_point now);

  /// An exclusively picked connection now serves one holder.
  void lease(connection_id id, time_point now);
  /// The holder is done and nothing is under way, or an exclusive pick was not
  /// used after all.
  void released(connection_id id, time_point now);

  /// Takes nothing new from now on. A connecting one is drained at once.
  void drain(connection_id id);
  /// Draining, nothing under way, nobody holds it: to be closed.
  [[nodiscard]] bool drained(connection_id id) const;

  /// Connections to drain now: over their lifetime; or idle for longer than
  /// `idle_timeout` while more than `min_connections` are usable (those idle
  /// longest first); or more than `max_connections` since it was lowered (idle
  /// ones first).
  [[nodiscard]] std::vector<connection_id> due_for_retirement(time_point now) const;
  /// When `due_for_retirement` should be asked next; nullopt: not by time.
  [[nodiscard]] std::optional<time_point> next_event() const;

  [[nodiscard]] bool contains(connection_id id) const noexcept;
  [[nodiscard]] connection_state state(connection_id id) const;
  /// Since when it is in that state; of a busy one: when it last became idle.
  [[nodiscard]] time_point since(connection_id id) const;
  [[nodiscard]] std::size_t in_flight(connection_id id) const;
  [[nodiscard]] pool_counts counts() const noexcept;
  /// Requests that share pipelines, all together. One pass over the connections.
  [[nodiscard]] std::size_t in_pipelines() const noexcept;
  /// All connections, oldest first.
  [[nodiscard]] const std::vector<connection_id>& ids() const noexcept { return ids_; }

  /// New limits from now on; lifetimes are judged anew for those that live.
  void reconfigure(const pool_options& options);

private:
  // What a connection does; `draining` is a flag beside it, because a leased
  // connection that drains is still leased.
  enum class activity : std::uint8_t { connecting, idle, busy, exclusive, leased };

  struct slot {
    activity does = activity::connecting;
    bool draining = false;
    std::uint32_t in_flight = 0;
    time_point since{};     // of the present state
    time_point connected{}; // begin of the lifetime
    double vary = 0.0;      // -1 to 1: its share of lifetime_jitter
  };

  [[nodiscard]] std::size_t at(connection_id id) const;
  [[nodiscard]] static bool is_held(const slot& value) noexcept;
  [[nodiscard]] static connection_state shown(const slot& value) noexcept;
  [[nodiscard]] std::optional<time_point> expiry(const slot& value) const;
  void add_those_above_maximum(std::vector<connection_id>& due) const;
  [[nodiscard]] bool may_hold_another() const noexcept;
  [[nodiscard]] std::size_t shortest_pipeline() const noexcept;
  void enter(std::size_t index, activity next, time_point now);
  void rest(std::size_t index, time_point now);
  void offer(std::size_t index);
  void withdraw(std::size_t index);
  void update_load(std::size_t index);
  void place_reservation();

  pool_options options_;
  std::mt19937_64 engine_;
  connection_id next_ = 1;
  // Three parallel arrays ordered by id (ids only grow): the search for an id
  // and for the shortest pipeline each read one dense array.
  std::vector<connection_id> ids_;
  std::vector<std::uint32_t> loads_; // requests under way; `closed_load`: not to be fed
  std::vector<slot> slots_;
  std::vector<connection_id> idle_; // a stack: the one used last on top
  std::array<std::size_t, 6> by_state_{};
  std::size_t held_ = 0; // exclusive or leased, draining ones included
  std::size_t spread_ = std::numeric_limits<std::size_t>::max();
  bool reservation_wanted_ = false;
  std::optional<connection_id> reserved_;
};

} // namespace freehold
