// One request on its way: what to run, until when, and who gets the answer.
#pragma once

#include "runtime/fair_queue.hpp"
#include "runtime/lost_commit.hpp"
#include "runtime/sqlstate.hpp"

#include <freehold/future.hpp>
#include <freehold/transaction.hpp>

#include <any>
#include <atomic>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <limits>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace pqxx {
class transaction_base;
}

namespace freehold {

/// How often whoever waits looks whether anybody still waits for it: futures that are
/// dropped and actors that die tell nobody. Of a session that is some four system calls
/// a second, and only while a statement is slow.
inline constexpr std::chrono::milliseconds look_again{200};

enum class request_kind : std::uint8_t {
  execute,  ///< one statement
  script,   ///< several statements, all or none, in one round trip
  function, ///< a transaction function; needs the connection for itself
  lease,    ///< asks for the connection itself
};

/// What of `transaction_options` is left to be known once a request is made.
struct transaction_mode {
  freehold::isolation isolation = isolation::server_default;
  bool read_only = false;
  bool idempotent = false;
};

/// Everything that runs travels as one `request` shared by those who handle it.
///
/// It is answered exactly once: the first `answer` or `fail` wins, and a request
/// that everybody dropped answers for itself when it is destroyed, so no death
/// of an actor and no forgotten path can leave a caller without a reply.
/// Those who do not own the session touch only the atomics and `answer`/`fail`.
class request {
public:
  using time_point = std::chrono::steady_clock::time_point;

  request(request_kind kind, std::vector<bound_statement> steps, time_point submitted,
          time_point deadline, std::uint32_t id, std::shared_ptr<receiver> to);
  /// A single statement, which needs no vector.
  request(bound_statement&& only, time_point submitted, time_point deadline, std::uint32_t id,
          std::shared_ptr<receiver> to);
  /// The same, with a receiver that is made in here if there is room for it.
  request(bound_statement&& only, time_point submitted, time_point deadline, std::uint32_t id,
          const receiver_recipe& to);
  request(const request&) = delete;
  request& operator=(const request&) = delete;
  ~request();

private:
  // First, and beside each other, what is looked at wherever a request passes and when it is
  // answered: the server and other threads work in between, so each line of the cache is fetched
  // anew.
  static constexpr std::uint8_t unanswered = 0;
  static constexpr std::uint8_t with_result = 1;
  static constexpr std::uint8_t with_error = 2; // and its code on top
  std::atomic<std::uint8_t> answer_{unanswered};
  std::atomic<bool> sent_{false};
  std::atomic<bool> doubtful_{false};

public:
  const request_kind kind;

private:
  const freehold::effect of_steps_; // the strongest

public:
  freehold::priority priority = freehold::priority::normal;
  std::uint16_t depth = 0; ///< of the longest pipeline that it may join
  std::uint32_t attempts = 0;
  std::uint32_t company = 0; ///< how many shared the Sync, itself included
  const std::uint32_t id;
  errc if_dropped = errc::connection_lost; ///< what it answers when everybody dropped it
  const time_point submitted;
  const time_point deadline;
  time_point queued{}; ///< since when it waits for a connection
  /// Time on the server of all that shared its Sync, for the server keeps its
  /// answers back until then. Set when the Sync is confirmed.
  std::chrono::microseconds took{0};
  time_point confirmed{}; ///< when that was
  flow_id flow = 0;       ///< made from its key
  /// Puts the settings of its transaction in force, ahead of all that it runs; mostly null.
  std::unique_ptr<const bound_statement> settings;

private:
  std::shared_ptr<receiver> to_; // owns nothing if it lies in room_
  alignas(std::max_align_t) std::byte room_[receiver_recipe::room];
  const std::optional<bound_statement> only_;
  const std::vector<bound_statement> several_;

public:
  const std::span<const bound_statement> steps; ///< of what it keeps
  std::function<std::any(transaction&)> body;   ///< of a function
  /// Of a function written for libpqxx; then `body` is empty.
  std::function<std::any(pqxx::transaction_base&)> pqxx_body;
  transaction_mode options; ///< of a script, function or lease
  /// Of a function whose COMMIT was lost, if that can be looked up.
  std::unique_ptr<lost_commit> lost;
  bool transactional_lease = false;

  /// Delivers, unless it was answered before; false then.
  bool answer(outcome&& value) noexcept;
  template <class T>
  bool succeed(T&& value) noexcept {
    return answer({std::forward<T>(value), nullptr});
  }
  bool fail(errc code, std::string message, fate what = fate::not_sent) noexcept;
  bool fail(error why) noexcept;
  /// An error of this request: name, query id and attempts filled in.
  [[nodiscard]] error describe(errc code, std::string message, fate what) const;

  [[nodiscard]] bool answered() const noexcept { return how_answered() != unanswered; }
  [[nodiscard]] bool succeeded() const noexcept { return how_answered() == with_result; }
  [[nodiscard]] bool failed() const noexcept { return how_answered() >= with_error; }
  /// With what it failed; `none` while it has not.
  [[nodiscard]] errc failed_with() const noexcept {
    const std::uint8_t how = how_answered();
    return how < with_error ? errc::none : static_cast<errc>(how - with_error);
  }
  /// Nobody waits for it: answered, or its future was dropped.
  [[nodiscard]] bool unwanted() const noexcept { return answered() || to_->abandoned(); }
  /// Whether it was put on the wire; what a lost connection means depends on it.
  ///
  /// Who sends marks it first and looks at the clock then; who finds it unsent
  /// after its deadline may say so, for it will not be sent any more. That
  /// takes the order of the two in both threads.
  [[nodiscard]] bool sent() const noexcept { return sent_.load(std::memory_order_seq_cst); }
  void mark_sent(bool value) noexcept { sent_.store(value, std::memory_order_seq_cst); }
  /// An attempt of it may have taken effect, and another is made: whatever
  /// becomes of that one, a failure cannot say any more that there is no effect.
  void mark_doubtful() noexcept { doubtful_.store(true, std::memory_order_release); }
  /// The attempt in doubt is known to have had no effect.
  void clear_doubt() noexcept { doubtful_.store(false, std::memory_order_release); }

  /// In place of the index of a step: that is `settings`.
  static constexpr std::size_t settings_step = std::numeric_limits<std::size_t>::max();
  [[nodiscard]] const bound_statement& step(std::size_t index) const {
    return index == settings_step ? *settings : steps[index];
  }
  [[nodiscard]] bool has_step(std::size_t index) const noexcept {
    return index < steps.size() || (index == settings_step && settings);
  }

  /// The strongest effect of what it runs.
  [[nodiscard]] freehold::effect effect() const noexcept {
    return kind == request_kind::execute ? of_steps_ : effect_of_kind();
  }
  /// Name of its statement, or what it is.
  [[nodiscard]] std::string name() const;

private:
  [[nodiscard]] std::uint8_t how_answered() const noexcept {
    return answer_.load(std::memory_order_acquire);
  }

  [[nodiscard]] freehold::effect effect_of_kind() const noexcept;
  void answer_for_itself() noexcept;
};

using request_ptr = std::shared_ptr<request>;

/// An attempt that did not succeed, for whoever decides about another.
struct attempt_failure {
  request_ptr what;
  error why;
  failure_class kind = failure_class::permanent;
};

} // namespace freehold
