// Six characters that tie together what is said about one request.
#pragma once

#include <atomic>
#include <cstdint>
#include <string>

namespace freehold {

/// 36^6: how many query ids there are before they repeat.
inline constexpr std::uint64_t query_id_count = 2'176'782'336;

/// The id of a request by its place in the sequence: a bijection of
/// [0, 36^6), so ids repeat only after all were used, and neighbours in time
/// look different. `offset` is the runtime's own, so that two processes that
/// write to one log do not walk through the same ids.
[[nodiscard]] std::uint32_t query_id_at(std::uint64_t sequence, std::uint64_t offset) noexcept;

/// Six base-36 characters (0-9, a-z), leading zeros kept.
[[nodiscard]] std::string format_query_id(std::uint32_t id);

/// The sequence of one runtime. Any thread may call it.
class query_ids {
public:
  /// `seed` becomes the offset; draw it once for each runtime.
  explicit query_ids(std::uint64_t seed) noexcept : offset_{seed} {}

  [[nodiscard]] std::uint32_t next() noexcept { return at(take(1)); }
  /// As many places in the sequence, in a row, for one thread; the first of them.
  [[nodiscard]] std::uint64_t take(std::uint64_t places) noexcept {
    return sequence_.fetch_add(places, std::memory_order_relaxed);
  }
  [[nodiscard]] std::uint32_t at(std::uint64_t place) const noexcept {
    return query_id_at(place, offset_);
  }

private:
  std::uint64_t offset_;
  std::atomic<std::uint64_t> sequence_{0};
};

} // namespace freehold
