#include "tests/chaos/ledger.hpp"

#include <fmt/format.h>

namespace chaos {

void ledger::create(observer& on) {
  on.run("SET client_min_messages = warning;"
         "DROP TABLE IF EXISTS chaos_account, chaos_transfer, chaos_log, chaos_kept;"
         "CREATE TABLE chaos_account (id int PRIMARY KEY, balance bigint NOT NULL)"
         "  WITH (fillfactor = 10);" // room for new versions beside the old
         "CREATE TABLE chaos_transfer (id bigint, source int, target int, amount int);"
         "CREATE TABLE chaos_log (id bigint);"
         "CREATE TABLE chaos_kept (id bigint PRIMARY KEY)");
  on.run(fmt::format("INSERT INTO chaos_account SELECT n, {} FROM generate_series(1, {}) AS n",
                     opening_balance, accounts));
}

transfer ledger::random_transfer(std::int64_t id, std::minstd_rand& dice) {
  const int source = std::uniform_int_distribution{1, accounts}(dice);
  const int further = std::uniform_int_distribution{1, accounts - 1}(dice);
  const int target = 1 + (source - 1 + further) % accounts;
  return {id, source, target, std::uniform_int_distribution{1, 100}(dice)};
}

std::vector<fh::bound_statement> ledger::steps(const transfer& what) const {
  std::vector<fh::bound_statement> all;
  all.push_back(fh::bind(add_, what.source, -what.amount));
  all.push_back(fh::bind(add_, what.target, what.amount));
  if (what.target < what.source)
    std::swap(all[0], all[1]);
  all.push_back(fh::bind(record_, what.id, what.source, what.target, what.amount));
  return all;
}

audit audit_ledger(observer& on, std::vector<answer> log, std::vector<answer> transfers) {
  audit found;
  found.log = judge({std::move(log), on.numbers("SELECT id FROM chaos_log UNION ALL "
                                                "SELECT id FROM chaos_kept")});
  found.transfers = judge({std::move(transfers), on.numbers("SELECT id FROM chaos_transfer")});
  found.total = on.count("SELECT sum(balance) FROM chaos_account");
  found.uneven = on.count(fmt::format(
      "SELECT count(*) FROM chaos_account LEFT JOIN (SELECT id, sum(change) AS changes FROM "
      "(SELECT source AS id, -amount AS change FROM chaos_transfer UNION ALL "
      "SELECT target, amount FROM chaos_transfer) AS each GROUP BY id) AS moved USING (id) "
      "WHERE balance <> {} + coalesce(changes, 0)",
      ledger::opening_balance));
  return found;
}

} // namespace chaos
