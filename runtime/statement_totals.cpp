#include "runtime/statement_totals.hpp"

#include "runtime/value_utf8.hpp"

#include <algorithm>
#include <utility>

namespace freehold {

namespace {

// What metrics and JSON can carry: well-formed, on one line, and not too long.
std::string presentable(std::string name) {
  if (name.size() > statement_totals::longest_name) {
    std::size_t end = statement_totals::longest_name;
    while (end > 0 && (static_cast<unsigned char>(name[end]) & 0xC0U) == 0x80U)
      --end; // not within a character
    name.resize(end);
    name += "…";
  }
  for (std::size_t bad = first_unsendable_byte(name); bad != std::string::npos;
       bad = first_unsendable_byte(name))
    name[bad] = '?';
  std::replace_if(
      name.begin(), name.end(), [](char c) { return static_cast<unsigned char>(c) < 0x20; }, ' ');
  return name;
}

} // namespace

statement_totals::entry& statement_totals::add(std::uint64_t key, std::string name) {
  auto made = std::make_unique<entry>();
  made->name = presentable(std::move(name));
  return *entries_.emplace(key, std::move(made)).first->second;
}

statement_snapshot statement_totals::shown(const entry& what) {
  statement_snapshot made;
  made.name = what.name;
  made.count = what.count;
  made.failed = what.failed;
  made.total = what.total;
  made.p99 = std::chrono::nanoseconds{static_cast<std::int64_t>(what.times.quantile(0.99))};
  return made;
}

std::vector<statement_snapshot> statement_totals::shown() const {
  std::vector<statement_snapshot> all;
  all.reserve(entries_.size() + 1);
  for (const auto& [key, each] : entries_)
    all.push_back(shown(*each));
  std::sort(all.begin(), all.end(), [](const statement_snapshot& a, const statement_snapshot& b) {
    return a.total != b.total ? a.total > b.total : a.name < b.name;
  });
  // Two names may have become one by being cut: a metric must not be there twice.
  std::vector<statement_snapshot> distinct;
  for (statement_snapshot& each : all) {
    const auto same = std::find_if(distinct.begin(), distinct.end(),
                                   [&](const auto& one) { return one.name == each.name; });
    if (same == distinct.end())
      distinct.push_back(std::move(each));
    else
      add_to(*same, each);
  }
  if (other_.count == 0)
    return distinct;
  const auto same = std::find_if(distinct.begin(), distinct.end(),
                                 [](const auto& one) { return one.name == other_name; });
  if (same == distinct.end())
    distinct.push_back(shown(other_));
  else
    add_to(*same, shown(other_));
  return distinct;
}

void add_to(statement_snapshot& sum, const statement_snapshot& more) {
  sum.count += more.count;
  sum.failed += more.failed;
  sum.total += more.total;
  sum.p99 = std::max(sum.p99, more.p99);
}

} // namespace freehold
