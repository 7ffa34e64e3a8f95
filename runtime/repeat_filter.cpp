#include "runtime/repeat_filter.hpp"

#include "runtime/ascii.hpp"

#include <algorithm>

namespace freehold {

namespace {

// "db1", "57P01" and "replica-2" are names.
bool is_of_name(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' || c == '-';
}

} // namespace

std::string kind_of_line(spdlog::level::level_enum level, std::string_view line) {
  std::string kind(1, static_cast<char>('a' + level));
  while (!line.empty()) {
    const auto end = std::find_if_not(line.begin(), line.end(), is_digit);
    const auto digits = static_cast<std::size_t>(end - line.begin());
    const bool is_name = is_of_name(kind.back()) && kind.size() > 1;
    if (digits == 0)
      kind += line.front();
    else if (is_name || (end != line.end() && is_of_name(*end)))
      kind += line.substr(0, digits);
    else
      kind += '#';
    line.remove_prefix(std::max<std::size_t>(digits, 1));
  }
  return kind;
}

bool repeat_filter::admit(spdlog::level::level_enum level, std::string_view line, time_point now) {
  if (interval_.count() == 0)
    return true;
  std::string kind = kind_of_line(level, line);
  const auto found = kinds_.find(kind);
  // One whose interval has passed is told first, with what was counted: it goes on.
  if (found != kinds_.end() && (now - found->second.since < interval_ || found->second.count > 0)) {
    ++found->second.count;
    found->second.latest = line;
    return false;
  }
  if (found == kinds_.end() && kinds_.size() >= most_kinds)
    make_room(now);
  kinds_.insert_or_assign(std::move(kind), entry{now, level, {}, 0});
  return true;
}

void repeat_filter::make_room(time_point now) {
  const auto oldest =
      std::min_element(kinds_.begin(), kinds_.end(), [](const auto& one, const auto& other) {
        return one.second.since < other.second.since;
      });
  tell(oldest->second, now, evicted_);
  kinds_.erase(oldest);
}

std::vector<counted_lines> repeat_filter::due(time_point now) {
  std::vector<counted_lines> told = std::move(evicted_);
  evicted_.clear();
  for (auto each = kinds_.begin(); each != kinds_.end();) {
    entry& one = each->second;
    if (now - one.since < interval_) {
      ++each;
    } else if (one.count == 0) {
      each = kinds_.erase(each);
    } else {
      tell(one, now, told);
      one = {now, one.level, {}, 0};
      ++each;
    }
  }
  return told;
}

std::vector<counted_lines> repeat_filter::all(time_point now) {
  std::vector<counted_lines> told = std::move(evicted_);
  evicted_.clear();
  for (auto& [kind, one] : kinds_) {
    if (one.count == 0)
      continue;
    tell(one, now, told);
    one = {now, one.level, {}, 0};
  }
  return told;
}

void repeat_filter::tell(const entry& what, time_point now, std::vector<counted_lines>& to) const {
  if (what.count == 0)
    return;
  to.push_back({what.level, what.latest, what.count,
                std::chrono::duration_cast<std::chrono::milliseconds>(now - what.since)});
}

std::optional<repeat_filter::time_point> repeat_filter::next_event() const {
  std::optional<time_point> next;
  for (const auto& [kind, one] : kinds_) {
    const time_point end = one.since + interval_;
    if (one.count > 0 && (!next || end < *next))
      next = end;
  }
  return next;
}

} // namespace freehold
