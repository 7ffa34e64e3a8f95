// Freehold as a service embeds it, with the production profile.

#include "bench/harness/side.hpp"
#include "bench/sides/lease_takers.hpp"

#include <freehold/freehold.hpp>

#include <algorithm>
#include <chrono>
#include <optional>
#include <thread>

namespace bench {
namespace {

namespace fh = freehold;

const fh::statement select_item{"select", select_sql, fh::read_only};
const fh::statement update_account{"update", update_sql};
const fh::statement balance_of{"balance", balance_sql, fh::read_only};
const fh::statement select_rows{"rows", rows_sql, fh::read_only};
const fh::statement write_entry{"write", write_sql};
const fh::statement sleep_a_little{"slow", slow_sql, fh::read_only};

/// As production has it; what says how many there are is the cell's.
fh::config config_of(const cell& how) {
  fh::config made = fh::config_from_url(how.url);
  made.runtime.service = "bench";
  made.runtime.level = fh::log_level::warn;
  fh::database_options& db = made.databases.front();
  db.pool.max_connections = how.connections;
  db.pool.min_connections = how.connections;
  db.pool.queue_length = std::clamp<std::size_t>(how.requesters, 200, 100'000);
  db.shedding.target = std::chrono::seconds{10}; // requesters who ask to wait are no overload
  db.connect.concurrent = std::min<std::size_t>(how.connections, 100);
  return made;
}

const fh::statement& statement_of(operation what) {
  switch (what) {
  case operation::rows:
    return select_rows;
  case operation::write:
    return write_entry;
  case operation::slow:
    return sleep_a_little;
  default:
    return select_item;
  }
}

void check(const fh::result_set& rows, const work& asked) {
  if (asked.what == operation::rows) {
    std::int64_t next = asked.key;
    for (auto [id, name, price] : rows.as<std::int64_t, std::string, int>()) {
      expect(next, id, name);
      expect_price(next++, price);
    }
    if (next != asked.key + range)
      throw std::runtime_error{"rows are missing"};
  } else if (asked.what != operation::write && asked.what != operation::slow) {
    const auto [id, name] = rows.first<std::int64_t, std::string>().value();
    expect(asked.key, id, name);
  }
}

struct transaction {
  std::int64_t key;

  void operator()(fh::transaction& tx) const {
    tx.execute(update_account, key);
    check(tx.execute(balance_of, key), {operation::select, key});
  }
};

std::vector<fh::bound_statement> script(std::int64_t key) {
  return {fh::bind(update_account, key), fh::bind(balance_of, key)};
}

class freehold_side final : public side {
public:
  explicit freehold_side(const cell& how)
      : runtime_{config_of(how)}, db_{runtime_.database("primary")},
        completes_{how.requesters > how.connections || how.policy == "callbacks"} {
    const auto patience = std::chrono::steady_clock::now() + std::chrono::seconds{20};
    while (db_.snapshot().idle < how.connections) {
      if (std::chrono::steady_clock::now() > patience)
        throw std::runtime_error{"not connected: " + db_.snapshot().last_connect_error};
      std::this_thread::sleep_for(std::chrono::microseconds{200});
    }
    if (how.what == operation::lease)
      leases_.emplace(db_);
  }

  std::string description() const override {
    return "Freehold, production profile; the queue is as long as there are requesters. "
           "Requesters are completion callbacks where there are more of them than connections, "
           "else threads that wait for a future. Leases come as futures: two threads keep those "
           "of all requesters and take them in their order. "
           "Cells are read with as<>.";
  }
  bool completes() const override { return completes_; }
  void begin(std::size_t requester, const work& one, completion& to) override {
    if (leases_)
      return leases_->begin(requester, to);
    const answer_of done{&to, one};
    switch (one.what) {
    case operation::transaction:
      return db_.transact(transaction{one.key}, done);
    case operation::script:
      return db_.script(script(one.key), done);
    default:
      return db_.execute(fh::bind(statement_of(one.what), one.key), done);
    }
  }
  void run(std::size_t, const work& one) override {
    switch (one.what) {
    case operation::transaction:
      return db_.transact(transaction{one.key}).get();
    case operation::script:
      return check(db_.script(script(one.key)).get().at(1), one);
    default:
      return check(db_.execute(statement_of(one.what), one.key).get(), one);
    }
  }

  void stream(std::int64_t rows) override {
    const fh::statement all_of_it{"stream", stream_sql("$1"), fh::read_only};
    fh::row_stream all = db_.stream(fh::bind(all_of_it, rows), 1'000);
    std::int64_t last = 0;
    for (fh::result_set chunk = all.next(); !chunk.empty(); chunk = all.next()) {
      for (auto [id, name, price] : chunk.as<std::int64_t, std::string, int>()) {
        expect(++last, id, name);
        expect_price(last, price);
      }
    }
    expect(rows, last, "rows");
  }

private:
  struct answer_of {
    completion* to;
    work asked;

    void operator()(fh::outcome&& answer) const {
      std::string failure;
      try {
        if (asked.what == operation::transaction)
          std::move(answer).take<void>();
        else if (asked.what == operation::script)
          check(std::move(answer).take<std::vector<fh::result_set>>().at(1), asked);
        else
          check(std::move(answer).take<fh::result_set>(), asked);
      } catch (const std::exception& why) {
        failure = why.what();
      }
      to->done(failure);
    }
  };

  fh::runtime runtime_;
  fh::database db_;
  const bool completes_;
  std::optional<lease_takers> leases_;
};

} // namespace

std::unique_ptr<side> make_side(const cell& how) {
  return std::make_unique<freehold_side>(how);
}

} // namespace bench
