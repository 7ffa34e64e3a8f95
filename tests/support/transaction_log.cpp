#include "tests/support/transaction_log.hpp"

namespace freehold::testing {

std::optional<result_set> transaction_log::answer(const std::string& sql, const parameters& values,
                                                  std::optional<std::int64_t>& own) {
  if (sql.find("txid_current_if_assigned()") != std::string::npos) {
    if (!own)
      open_.insert(own.emplace(++last_));
    return make_result_set({"id"}, {{std::to_string(*own)}});
  }
  if (sql.find("txid_status($1)") == std::string::npos)
    return std::nullopt;
  return make_result_set({"status"}, {{status(std::stoll(values.data(0)))}});
}

void transaction_log::end(std::int64_t id, bool committed) {
  open_.erase(id);
  if (committed)
    committed_.insert(id);
}

std::string transaction_log::status(std::int64_t id) const {
  if (open_.count(id) > 0)
    return "in progress";
  return committed_.count(id) > 0 ? "committed" : "aborted";
}

} // namespace freehold::testing
