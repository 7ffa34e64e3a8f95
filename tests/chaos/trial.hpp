// What all scenarios with writers have in common: how they begin, and how they
// end with "and it recovers".
#pragma once

#include "tests/chaos/cluster.hpp"
#include "tests/chaos/stage.hpp"
#include "tests/chaos/writers.hpp"
#include "tests/support/eventually.hpp"
#include "tests/support/process_counts.hpp"

#include <freehold/freehold.hpp>

#include <memory>
#include <optional>
#include <string>

namespace chaos {

using freehold::testing::eventually;

/// What a scenario is given.
struct setting {
  stage& on;
  bool whole = false; ///< the long form
  std::uint64_t seed = 1;
  cluster servers{};
};

/// A configuration for a service of that name, which the server shows too. The
/// pauses between connects are those of development, 5 s at most.
[[nodiscard]] fh::config chaos_config(const std::string& url, const std::string& service,
                                      fh::base_profile profile, std::size_t connections);
/// Log lines are dropped, unless FREEHOLD_CHAOS_LOG asks for them on stderr.
[[nodiscard]] fh::embedding chaos_embedding();
[[nodiscard]] std::size_t usable(const fh::database& db);

/// A ledger, a runtime, and writers on it. `audited` is where the books are
/// read in the end; unset: the server.
class trial {
public:
  trial(const setting& with, fh::config how, const writing& load);

  [[nodiscard]] const fh::database& db() const noexcept { return db_; }
  [[nodiscard]] writers& load() noexcept { return *writers_; }
  /// Waits for the next acknowledged write; the time that took, none when none came.
  [[nodiscard]] std::optional<clock::duration>
  next_success(std::chrono::milliseconds within = std::chrono::seconds{30});
  /// Full service, then the end of everything, and the books: all that has to
  /// hold after every scenario. `audited` is the address of the server with the
  /// books, `connections` how many there must be again; unset: all.
  void conclude(const std::string& audited = cluster::url(),
                std::optional<std::size_t> connections = std::nullopt);
  /// What the writers were told; after `conclude`.
  [[nodiscard]] const written& told() const noexcept { return told_; }

private:
  void recover(std::size_t connections);
  void stop(const std::string& audited);
  void show_answers(const audit& books);
  void show_times();
  void show_rest();

  const setting& with_;
  const std::size_t connections_;
  const std::string service_;
  freehold::testing::process_counts before_;
  std::unique_ptr<fh::runtime> runtime_;
  fh::database db_;
  std::unique_ptr<writers> writers_;
  clock::time_point begun_;
  clock::duration lasted_{0};
  fh::database_snapshot last_;
  written told_;
};

} // namespace chaos
