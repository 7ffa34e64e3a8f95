// Rows as structs, and the two forms of a transaction: a script, which is one
// round trip, and a function, which can decide between statements.

#include <freehold/freehold.hpp>

#include <cstdlib>
#include <iostream>
#include <stdexcept>

namespace fh = freehold;

struct account {
  std::int64_t id;
  std::string owner;
  std::int64_t cents;
};

const fh::statement create{"create",
                           "CREATE TABLE IF NOT EXISTS example_account (book text, "
                           "id bigint, owner text, cents bigint, PRIMARY KEY (book, id))"};
const fh::statement new_book{"new_book", "SELECT gen_random_uuid()", fh::read_only};
const fh::statement enter{"enter", "INSERT INTO example_account VALUES ($1, $2, $3, $4)"};
const fh::statement change{"change", "UPDATE example_account SET cents = cents + $3 "
                                     "WHERE book = $1 AND id = $2 RETURNING cents"};
const fh::statement all{"all",
                        "SELECT id, owner, cents FROM example_account WHERE book = $1 "
                        "ORDER BY id",
                        fh::read_only};
const fh::statement close_book{"close_book", "DELETE FROM example_account WHERE book = $1",
                               fh::idempotent};

std::string database_url() {
  for (const char* name : {"FREEHOLD_TEST_URL", "DATABASE_URL"}) {
    if (const char* value = std::getenv(name))
      return value;
  }
  throw std::runtime_error{"set DATABASE_URL"};
}

int main() try {
  fh::runtime runtime{fh::config_from_url(database_url())};
  const fh::database bank = runtime.database("primary");
  // The entries of this run.
  const std::string book = bank.execute(new_book).get().scalar<std::string>();
  bank.execute(create).get();

  // A script: both rows or none.
  bank.script({fh::bind(enter, book, 1, "Ada", 100'00), fh::bind(enter, book, 2, "Grace", 50'00)})
      .get();

  // A function: runs on the thread that owns the connection, commits when it
  // returns, and may run again after a serialization failure.
  const auto transfer = [book](int from, int to, std::int64_t cents) {
    return [=](fh::transaction& tx) {
      const auto left = tx.execute(change, book, from, -cents).scalar<std::int64_t>();
      if (left < 0)
        throw std::runtime_error{"account " + std::to_string(from) + " has not enough"};
      tx.execute(change, book, to, cents);
      return left;
    };
  };
  std::cout << "left: " << bank.transact(transfer(1, 2, 30'00)).get() << " cents\n";
  try {
    bank.transact(transfer(1, 2, 1'000'00)).get();
    return EXIT_FAILURE;
  } catch (const std::runtime_error& why) { // what a function throws arrives as it is
    std::cout << "rolled back: " << why.what() << '\n';
  }

  for (const account& each : bank.execute(all, book).get().as<account>()) {
    std::cout << each.id << ' ' << each.owner << ' ' << each.cents << '\n';
  }
  bank.execute(close_book, book).get();
  return EXIT_SUCCESS;
} catch (const std::exception& why) {
  std::cerr << why.what() << '\n';
  return EXIT_FAILURE;
}
