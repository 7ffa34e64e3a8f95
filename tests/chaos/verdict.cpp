#include "tests/chaos/verdict.hpp"

#include <algorithm>

namespace chaos {
namespace {

void count(verdict& sum, known what, std::size_t rows) {
  switch (what) {
  case known::acknowledged:
    ++sum.acknowledged;
    sum.lost += rows == 0 ? 1 : 0;
    break;
  case known::refused:
    ++sum.refused;
    sum.undead += rows > 0 ? 1 : 0;
    break;
  case known::unknown:
    ++sum.unknown;
    sum.unknown_stored += rows > 0 ? 1 : 0;
    break;
  }
  sum.doubled += rows > 1 ? 1 : 0;
}

} // namespace

verdict& verdict::operator+=(const verdict& other) noexcept {
  acknowledged += other.acknowledged;
  refused += other.refused;
  unknown += other.unknown;
  unknown_stored += other.unknown_stored;
  lost += other.lost;
  doubled += other.doubled;
  undead += other.undead;
  strangers += other.strangers;
  return *this;
}

verdict judge(evidence what) {
  std::sort(what.answers.begin(), what.answers.end(),
            [](const answer& a, const answer& b) { return a.id < b.id; });
  std::sort(what.stored.begin(), what.stored.end());
  verdict sum;
  auto row = what.stored.cbegin();
  for (const answer& each : what.answers) {
    for (; row != what.stored.cend() && *row < each.id; ++row)
      ++sum.strangers;
    const auto first = row;
    while (row != what.stored.cend() && *row == each.id)
      ++row;
    count(sum, each.what, std::size_t(row - first));
  }
  sum.strangers += std::uint64_t(what.stored.cend() - row);
  return sum;
}

} // namespace chaos
