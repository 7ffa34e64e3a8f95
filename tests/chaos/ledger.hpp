// A bank's books: accounts, transfers between them, and a log that would show a
// double.
#pragma once

#include "tests/chaos/observer.hpp"
#include "tests/chaos/verdict.hpp"

#include <freehold/freehold.hpp>

#include <random>
#include <vector>

namespace chaos {

namespace fh = freehold;

/// One transfer; its id is recorded with it, in the same transaction.
struct transfer {
  std::int64_t id;
  int source;
  int target;
  int amount;
};

/// What is written to it. Statements are declared once; any thread.
class ledger {
public:
  static constexpr int accounts = 200;
  static constexpr int opening_balance = 1'000;
  static constexpr std::int64_t total = std::int64_t{accounts} * opening_balance;

  /// Makes the tables anew. The log and the transfers have no unique constraint:
  /// what is written twice must be there to be seen.
  static void create(observer& on);

  [[nodiscard]] static transfer random_transfer(std::int64_t id, std::minstd_rand& dice);
  [[nodiscard]] fh::bound_statement append(std::int64_t id) const { return fh::bind(append_, id); }
  /// Declared idempotent, so that it may be sent again; its table would refuse a double.
  [[nodiscard]] fh::bound_statement keep(std::int64_t id) const { return fh::bind(keep_, id); }
  /// Its two accounts in the order of their numbers, so that no two deadlock.
  [[nodiscard]] std::vector<fh::bound_statement> steps(const transfer& what) const;
  [[nodiscard]] fh::bound_statement sum() const { return fh::bind(sum_); }

private:
  fh::statement append_{"append", "INSERT INTO chaos_log (id) VALUES ($1)"};
  fh::statement keep_{"keep", "INSERT INTO chaos_kept (id) VALUES ($1) ON CONFLICT (id) DO NOTHING",
                      fh::idempotent};
  fh::statement add_{"add", "UPDATE chaos_account SET balance = balance + $2 WHERE id = $1"};
  fh::statement record_{"record", "INSERT INTO chaos_transfer (id, source, target, amount) "
                                  "VALUES ($1, $2, $3, $4)"};
  fh::statement sum_{"sum", "SELECT sum(balance)::bigint FROM chaos_account", fh::read_only};
};

/// What the books say in the end.
struct audit {
  verdict log;
  verdict transfers;
  std::int64_t total = 0;
  /// Accounts whose balance is not what the recorded transfers make of it: one
  /// of a transfer's three rows is there without the others.
  std::int64_t uneven = 0;

  [[nodiscard]] bool sound() const noexcept {
    return log.sound() && transfers.sound() && total == ledger::total && uneven == 0;
  }
};

[[nodiscard]] audit audit_ledger(observer& on, std::vector<answer> log,
                                 std::vector<answer> transfers);

} // namespace chaos
