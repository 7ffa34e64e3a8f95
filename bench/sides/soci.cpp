// SOCI as services use it: its own pool, statements prepared once a session, bound variables.

#include "bench/harness/side.hpp"
#include "bench/sides/open_all.hpp"

#include <libpq-fe.h>
#include <soci/postgresql/soci-postgresql.h>
#include <soci/soci.h>

#include <memory>
#include <vector>

namespace bench {
namespace {

/// SOCI writes parameters in another way.
std::string with_names(std::string sql) {
  for (std::size_t at = 0; (at = sql.find("$1", at)) != std::string::npos;)
    sql.replace(at, 2, ":k");
  return sql;
}

/// SOCI takes a connection string for a list of words, not for a URL.
std::string words_of(const std::string& url) {
  const std::unique_ptr<PQconninfoOption, void (*)(PQconninfoOption*)> all{
      PQconninfoParse(url.c_str(), nullptr), &PQconninfoFree};
  std::string words;
  for (const PQconninfoOption* each = all.get(); each != nullptr && each->keyword; ++each) {
    if (each->val != nullptr)
      words += std::string{each->keyword} + "='" + each->val + "' ";
  }
  return words;
}

/// A session's statements, and the variables that they are bound to.
class soci_connection {
public:
  explicit soci_connection(soci::session& on)
      : on_{on}, select_{(on.prepare << with_names(select_sql), soci::use(key_, "k"),
                          soci::into(id_), soci::into(name_))},
        update_{(on.prepare << with_names(update_sql), soci::use(key_, "k"))},
        balance_{(on.prepare << with_names(balance_sql), soci::use(key_, "k"), soci::into(id_),
                  soci::into(amount_))},
        write_{(on.prepare << with_names(write_sql), soci::use(key_, "k"))},
        rows_{(on.prepare << with_names(rows_sql), soci::use(key_, "k"), soci::into(ids_),
               soci::into(names_), soci::into(prices_))} {}

  void run(const work& one) {
    key_ = one.key;
    switch (one.what) {
    case operation::select:
      select_.execute(true);
      return expect(one.key, id_, name_);
    case operation::transaction: {
      soci::transaction tx{on_};
      update_.execute(true);
      balance_.execute(true);
      expect(one.key, id_, std::to_string(amount_));
      return tx.commit();
    }
    case operation::rows:
      return read_rows();
    case operation::write:
      write_.execute(true);
      return;
    default:
      throw std::logic_error{"not measured with SOCI"};
    }
  }

private:
  void read_rows() {
    ids_.resize(range);
    names_.resize(range);
    prices_.resize(range);
    rows_.execute(true);
    if (ids_.size() != range)
      throw std::runtime_error{"rows are missing"};
    for (std::size_t i = 0; i < ids_.size(); ++i) {
      expect(key_ + std::int64_t(i), ids_[i], names_[i]);
      expect_price(ids_[i], prices_[i]);
    }
  }

  soci::session& on_;
  long long key_ = 0;
  long long id_ = 0;
  long long amount_ = 0;
  std::string name_;
  std::vector<long long> ids_ = std::vector<long long>(range);
  std::vector<std::string> names_ = std::vector<std::string>(range);
  std::vector<int> prices_ = std::vector<int>(range);
  soci::statement select_;
  soci::statement update_;
  soci::statement balance_;
  soci::statement write_;
  soci::statement rows_;
};

class soci_side final : public side {
public:
  explicit soci_side(const cell& how) : pool_{how.connections} {
    const std::string words = words_of(how.url);
    in_parallel(how.connections, [&](std::size_t i) { pool_.at(i).open(soci::postgresql, words); });
    for (std::size_t i = 0; !how.unnamed && i < how.connections; ++i)
      all_.push_back(std::make_unique<soci_connection>(pool_.at(i)));
  }

  std::string description() const override {
    return "SOCI, blocking. A requester is a thread that leases a session from SOCI's own "
           "connection_pool; statements are prepared once a session and bound to variables; "
           "a thousand rows are fetched into vectors at once.";
  }
  void run(std::size_t, const work& one) override {
    const std::size_t at = pool_.lease();
    const std::unique_ptr<soci::connection_pool, give_back> returned{&pool_, give_back{at}};
    all_[at]->run(one);
  }

private:
  struct give_back {
    std::size_t at;
    void operator()(soci::connection_pool* to) const { to->give_back(at); }
  };

  soci::connection_pool pool_;
  std::vector<std::unique_ptr<soci_connection>> all_;
};

} // namespace

std::unique_ptr<side> make_side(const cell& how) {
  return std::make_unique<soci_side>(how);
}

} // namespace bench
