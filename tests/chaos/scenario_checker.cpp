// The checker is held to account: each kind of violation is made by hand, and
// has to be seen.

#include "tests/chaos/scenarios.hpp"

namespace chaos {
namespace {

constexpr std::int64_t writes = 100;

/// Books that are in order: every answer is true.
void write_books(observer& on) {
  ledger::create(on);
  on.run(fmt::format("INSERT INTO chaos_log SELECT generate_series(1, {0});"
                     "INSERT INTO chaos_transfer SELECT n, 1, 2, 5 FROM generate_series(1, {0}) "
                     "AS n;"
                     "UPDATE chaos_account SET balance = balance - {0} * 5 WHERE id = 1;"
                     "UPDATE chaos_account SET balance = balance + {0} * 5 WHERE id = 2",
                     writes));
}

std::vector<answer> answers() {
  std::vector<answer> all;
  for (std::int64_t id = 1; id <= writes; ++id)
    all.push_back({id, id % 10 == 0 ? known::unknown : known::acknowledged});
  all.push_back({writes + 1, known::refused});
  all.push_back({writes + 2, known::unknown});
  return all;
}

} // namespace

void checker(const setting& with) {
  with.on.scenario("checker", "What the audit must see, done to the books by hand");
  observer on{cluster::url()};
  const auto seen = [&](std::string_view label, const std::string& damage, auto figure) {
    write_books(on);
    if (!damage.empty())
      on.run(damage);
    const audit found = audit_ledger(on, answers(), answers());
    const auto wrong = std::uint64_t(figure(found));
    const bool right = damage.empty() ? found.sound() : !found.sound() && wrong > 0;
    with.on.holds(right, label, grouped(wrong), damage.empty() ? "nothing was done" : damage);
  };
  seen("sound books", "", [](const audit& a) { return a.uneven; });
  seen("a lost write", "DELETE FROM chaos_log WHERE id = 7",
       [](const audit& a) { return a.log.lost; });
  seen("a doubled write", "INSERT INTO chaos_log VALUES (7)",
       [](const audit& a) { return a.log.doubled; });
  seen("a doubled unknown", "INSERT INTO chaos_log VALUES (10)",
       [](const audit& a) { return a.log.doubled; });
  seen("a refused write that ran", fmt::format("INSERT INTO chaos_log VALUES ({})", writes + 1),
       [](const audit& a) { return a.log.undead; });
  seen("a stranger", "INSERT INTO chaos_log VALUES (7777)",
       [](const audit& a) { return a.log.strangers; });
  seen("a record without its money", "DELETE FROM chaos_transfer WHERE id = 10",
       [](const audit& a) { return a.uneven; });
  seen("half a transfer", "UPDATE chaos_account SET balance = balance - 5 WHERE id = 3",
       [](const audit& a) { return a.uneven; });
  seen("money from nowhere", "UPDATE chaos_account SET balance = balance + 1 WHERE id = 3",
       [](const audit& a) { return a.total != ledger::total; });
}

} // namespace chaos
