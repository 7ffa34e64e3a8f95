// Homes to let: what people search for, look at and ask about.
#pragma once

#include <freehold/database.hpp>

#include <array>
#include <cstdint>

namespace rental {

namespace fh = freehold;

struct search {
  static constexpr std::array<const char*, 3> sortings{"newest", "cheapest", "largest"};
  static constexpr int highest_rent = 100'000;
  static constexpr int homes_a_page = 12;
  static constexpr int last_page = 80;
  /// More are not counted: nobody reads on, and everybody would wait for it.
  static constexpr int most_counted = homes_a_page * last_page;

  std::string city;  ///< empty: all
  int rent_from = 0; ///< euros a month
  int rent_to = highest_rent;
  int rooms = 1;             ///< at least
  std::size_t sorted_by = 0; ///< one of `sortings`
  int page = 1;
};

/// Results have the columns of the same names in pages/. What can be looked at is, while the
/// database is away, what it said last, if that was within the last hour.
class listings {
public:
  using answer = fh::future<fh::result_set>;
  explicit listings(fh::database db) : db_{std::move(db)} {}

  /// The homes of a page, each with `total`, how many all pages have, up to `most_counted`.
  [[nodiscard]] answer find(const search& what) const;
  [[nodiscard]] static fh::execute_message request(const search& what); ///< for actors
  /// One home; no row if there is none.
  [[nodiscard]] answer home(std::int32_t id) const;
  /// What its tenants said, the latest first.
  [[nodiscard]] answer references_of(std::int32_t id) const;

  /// `id` is of the form that was sent: a second one with it changes nothing. No row is affected
  /// when there is no such home.
  [[nodiscard]] answer enquire(const fh::uuid& id, std::int32_t home, const fh::uuid& person,
                               const std::string& message) const;
  /// The latest first.
  [[nodiscard]] answer enquiries_of(const fh::uuid& person) const;

private:
  fh::database db_;
};

} // namespace rental
