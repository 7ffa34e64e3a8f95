// How long each statement takes, as far as is known.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <unordered_map>

namespace freehold {

/// An exponentially weighted moving average of execution time for each
/// statement (by `statement::identity()`), for a bounded number of statements.
///
/// Of statements that shared a Sync only their time together is known. Where
/// that was long, each of them is suspected: it runs alone next, and is then
/// known. One that was quick alone is not suspected again for a while, or it
/// would be at every slow neighbour's side.
class service_times {
public:
  /// Weight of the latest execution: about the last ten decide.
  static constexpr double alpha = 0.2;

  struct entry {
    double average_us = 0.0; ///< of those that ran alone
    double share_us = 0.0;   ///< of all: of a Sync's time, an equal part for each
    std::uint64_t executions = 0;
    std::uint64_t recorded_at = 0; ///< place in the sequence of all recordings
    bool suspected = false;
    int vouched_for = 0; ///< times that slow company does not make it suspect
    /// The verdict of the last question; what makes the border sticky.
    mutable bool slow = false;
  };

  /// At most `bound` statements (at least 1) are remembered.
  explicit service_times(std::size_t bound);

  /// The entry of a statement, made if need be. Valid until the next `of` or
  /// `record` of another statement.
  entry& of(std::uint64_t identity);
  /// It ran alone.
  void record(std::uint64_t identity, std::chrono::microseconds took);
  /// It and others, `company` in all, took that long together; longer than
  /// `threshold` is slow.
  void record_in_company(std::uint64_t identity, std::chrono::microseconds took,
                         std::size_t company, std::chrono::milliseconds threshold);
  /// Whether it is to run alone: while it is suspected, and once its average passes `threshold`,
  /// and until it falls below half of it, so that a statement at the border does not change sides
  /// with every execution. Unknown statements are fast.
  [[nodiscard]] bool is_slow(std::uint64_t identity, std::chrono::milliseconds threshold) const {
    return judge(identity, threshold).slow;
  }
  struct verdict {
    bool slow = false;
    double share_us = 0.0; ///< what one more of it costs a pipeline; 0: not known yet
  };
  [[nodiscard]] verdict judge(std::uint64_t identity, std::chrono::milliseconds threshold) const;

  [[nodiscard]] std::size_t size() const noexcept { return entries_.size(); }

private:
  void forget_oldest_half();

  std::size_t bound_;
  std::uint64_t recordings_ = 0;
  std::unordered_map<std::uint64_t, entry> entries_;
  // The one looked up last: requests of one statement often come in a row.
  std::uint64_t latest_identity_ = 0;
  entry* latest_ = nullptr;
};

} // namespace freehold
