// What a server knows of its transactions: which have an id, and what became of them.
#pragma once

#include <freehold/result_set.hpp>
#include <freehold/value_codec.hpp>

#include <cstdint>
#include <optional>
#include <set>
#include <string>

namespace freehold::testing {

class transaction_log {
public:
  /// Answers what is asked about transactions (runtime/lost_commit.cpp). `own` is the id of the
  /// one that asks, which gets one if need be.
  [[nodiscard]] std::optional<result_set> answer(const std::string& sql, const parameters& values,
                                                 std::optional<std::int64_t>& own);
  void end(std::int64_t id, bool committed);

private:
  [[nodiscard]] std::string status(std::int64_t id) const;

  std::int64_t last_ = 0;
  std::set<std::int64_t> open_;
  std::set<std::int64_t> committed_;
};

} // namespace freehold::testing
