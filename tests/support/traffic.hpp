// Requesters that ask again as soon as they are answered.
#pragma once

#include <freehold/freehold.hpp>

#include "tests/support/eventually.hpp"

#include <atomic>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <string>

namespace freehold::testing {

/// A number of requesters, each with one request under way at a time. Counts
/// what becomes of the requests; destroying it waits for the last answers.
class traffic {
public:
  /// `make` is called, from several threads, with the number of the request.
  using maker = std::function<bound_statement(std::uint64_t)>;

  /// Whether that is the answer to the request of that number.
  using checker = std::function<bool(std::uint64_t, const result_set&)>;

  traffic(database on, std::size_t requesters, maker make,
          std::uint64_t most = std::uint64_t{1} << 62, checker right = {})
      : counts_{std::make_shared<shared>(std::move(on), std::move(make), most, std::move(right))} {
    for (std::size_t i = 0; i < requesters; ++i)
      ask(counts_);
  }
  traffic(const traffic&) = delete;
  traffic& operator=(const traffic&) = delete;
  ~traffic() { static_cast<void>(stop()); }

  /// No more requests; whether each that was made was answered in time.
  [[nodiscard]] bool stop(std::chrono::milliseconds within = std::chrono::seconds{30}) {
    counts_->most = 0;
    return eventually([this] { return answered() == counts_->sent.load(); }, within);
  }
  /// Whether all requests there were to make have been answered by then.
  [[nodiscard]] bool finishes(std::chrono::milliseconds within) {
    return eventually([this] { return answered() >= counts_->most.load(); }, within);
  }
  [[nodiscard]] std::uint64_t answered() const { return counts_->succeeded + counts_->failed; }
  [[nodiscard]] std::uint64_t succeeded() const { return counts_->succeeded; }
  [[nodiscard]] std::uint64_t failed() const { return counts_->failed; }
  [[nodiscard]] std::uint64_t answered_wrongly() const { return counts_->wrong; }
  [[nodiscard]] bool answered_twice() const { return counts_->twice; }
  /// How many failures there were of each kind, "code SQLSTATE", and one text of each.
  [[nodiscard]] std::map<std::string, std::pair<std::uint64_t, std::string>> failures() const {
    const std::lock_guard lock{counts_->mutex};
    return counts_->failures;
  }
  /// The same in one line.
  [[nodiscard]] std::string summary() const {
    std::string text;
    for (const auto& [kind, seen] : failures()) {
      text += kind + " x " + std::to_string(seen.first) + " (" + seen.second + "); ";
    }
    return text;
  }

private:
  struct shared {
    shared(database to, maker with, std::uint64_t limit, checker sound)
        : on{std::move(to)}, make{std::move(with)}, right{std::move(sound)}, most{limit} {}
    const database on;
    const maker make;
    const checker right;
    std::atomic<std::uint64_t> most;
    std::atomic<std::uint64_t> begun{0};
    std::atomic<std::uint64_t> sent{0};
    std::atomic<std::uint64_t> succeeded{0};
    std::atomic<std::uint64_t> failed{0};
    std::atomic<std::uint64_t> wrong{0};
    std::atomic<bool> twice{false};
    mutable std::mutex mutex;
    std::map<std::string, std::pair<std::uint64_t, std::string>> failures;
  };

  static void ask(const std::shared_ptr<shared>& counts) {
    const std::uint64_t number = counts->begun++;
    if (number >= counts->most)
      return;
    ++counts->sent;
    auto done = std::make_shared<std::atomic<bool>>(false);
    counts->on.execute(counts->make(number), [counts, done, number](outcome&& answer) {
      if (done->exchange(true)) {
        counts->twice = true;
        return;
      }
      if (answer.why)
        note(*counts, *answer.why);
      else if (counts->right && !counts->right(number, std::get<result_set>(answer.value)))
        ++counts->wrong;
      // Before it is counted, so that `stop` does not see a pause between the two.
      ask(counts);
      ++(answer.why ? counts->failed : counts->succeeded);
    });
  }
  static void note(shared& counts, const error& why) {
    const std::lock_guard lock{counts.mutex};
    auto& seen = counts.failures[std::string{to_string(why.code)} +
                                 (why.sqlstate.empty() ? "" : " " + why.sqlstate)];
    ++seen.first;
    seen.second = to_string(why);
  }

  std::shared_ptr<shared> counts_;
};

} // namespace freehold::testing
