// Typed statements, a script, and a transaction function that rolls back.

#include <freehold/freehold.hpp>

#include <cstdlib>
#include <iostream>
#include <stdexcept>

namespace fh = freehold;

struct account {
  std::int64_t id;
  std::string owner;
  std::int64_t balance;
};

const fh::statement create{"create", "CREATE TABLE IF NOT EXISTS example_account "
                                     "(id bigint PRIMARY KEY, owner text, balance bigint)"};
const fh::statement open{"open", "INSERT INTO example_account VALUES ($1, $2, $3) ON CONFLICT (id) "
                                 "DO UPDATE SET balance = excluded.balance", fh::idempotent};
const fh::statement add{"add", "UPDATE example_account SET balance = balance + $2 WHERE id = $1"};
const fh::statement all{"all", "SELECT id, owner, balance FROM example_account ORDER BY id",
                        fh::read_only};
const fh::statement balance_of{"balance_of",
                               "SELECT balance FROM example_account WHERE id = $1 FOR UPDATE"};

void withdraw(fh::transaction& tx, std::int64_t id, std::int64_t amount) {
  const fh::result_set held = tx.execute(balance_of, id);
  if (held.scalar<std::int64_t>() < amount) throw std::runtime_error{"not enough money"};
  tx.execute(add, id, -amount);
}

int main() {
  const char* url = std::getenv("FREEHOLD_TEST_URL");
  fh::runtime runtime{fh::config_from_url(url != nullptr ? url : "postgresql:///")};
  fh::database bank = runtime.database("primary");
  bank.execute(create).get();

  // Both or neither, in one round trip.
  bank.script({fh::bind(open, 1, "Ada", 100), fh::bind(open, 2, "Grace", 50)}).get();

  // Decisions between statements: a function, run where the connection is.
  bank.transact([](fh::transaction& tx) {
    withdraw(tx, 1, 30);
    tx.execute(add, 2, 30);
  }).get();

  try {
    bank.transact([](fh::transaction& tx) { withdraw(tx, 2, 1'000'000); }).get();
  } catch (const std::runtime_error& why) {
    std::cout << "rolled back: " << why.what() << '\n';
  }
  for (const account& each : bank.execute(all).get().as<account>()) {
    std::cout << each.id << ' ' << each.owner << ' ' << each.balance << '\n';
  }
}
