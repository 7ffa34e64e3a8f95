// How an answer reaches whoever asked: by waiting, by a callback, or from code
// that only has to know that there will be exactly one.
#pragma once

#include <any>
#include <atomic>
#include <chrono>
#include <concepts>
#include <condition_variable>
#include <cstddef>
#include <memory>
#include <mutex>
#include <new>
#include <optional>
#include <utility>
#include <variant>
#include <vector>

#include <freehold/error.hpp>
#include <freehold/result_set.hpp>

namespace freehold {

/// What an answered request holds: one result, those of a script, or the value
/// that a transaction function returned.
using answer_value = std::variant<std::monostate, result_set, std::vector<result_set>, std::any>;

/// A result, or why there is none.
struct outcome {
  answer_value value;
  error_ptr why; ///< null when it succeeded

  [[nodiscard]] static outcome success(answer_value v) { return {std::move(v), nullptr}; }
  [[nodiscard]] static outcome failed(error e) {
    return {{}, std::make_shared<const error>(std::move(e))};
  }
  /// Takes the value: a `result_set`, a `std::vector<result_set>` of a script, or what a
  /// transaction function returned. Throws `failure`, or what that function threw.
  template <class T>
  T take() &&;
};

template <class T>
T outcome::take() && {
  if (why) {
    if (why->thrown)
      std::rethrow_exception(why->thrown);
    throw failure{why};
  }
  if constexpr (std::is_void_v<T>)
    return;
  else if constexpr (std::is_same_v<T, result_set> || std::is_same_v<T, std::vector<result_set>>)
    return std::get<T>(std::move(value));
  else
    return std::any_cast<T>(std::move(std::get<std::any>(value)));
}

/// Takes one answer. `receive` is called exactly once, from any thread, and
/// must neither block nor throw.
class receiver {
public:
  receiver() = default;
  receiver(const receiver&) = delete;
  receiver& operator=(const receiver&) = delete;
  virtual ~receiver();
  virtual void receive(outcome&& answer) noexcept = 0;
  /// Nobody wants the answer any more: work on it may stop. Asked from any thread.
  [[nodiscard]] virtual bool abandoned() const noexcept { return false; }
};

/// Calls a function with the answer.
template <std::invocable<outcome&&> F>
class calling_receiver final : public receiver {
public:
  explicit calling_receiver(F done) : done_{std::move(done)} {}
  void receive(outcome&& answer) noexcept override {
    // What it captured ends with the call, and not wherever the request ends.
    std::optional<F> done = std::exchange(done_, std::nullopt);
    (*done)(std::move(answer));
  }

private:
  std::optional<F> done_;
};

template <std::invocable<outcome&&> F>
[[nodiscard]] std::shared_ptr<receiver> calling(F done) {
  return std::make_shared<calling_receiver<F>>(std::move(done));
}

/// How to make the receiver that calls a function: so that it can be made inside
/// what carries it. Refers to the function, which is moved from when it is made.
class receiver_recipe {
public:
  static constexpr std::size_t room = 64; ///< bytes: a function that captured a few words

  template <std::invocable<outcome&&> F>
  explicit receiver_recipe(F& done) noexcept : done_{&done}, make_{make<F>} {}

  /// In that memory if it is large enough, and then nothing owns it (its
  /// `use_count` is 0): whoever has the memory destroys it.
  [[nodiscard]] std::shared_ptr<receiver> make_in(void* memory) const {
    return make_(done_, memory);
  }
  [[nodiscard]] std::shared_ptr<receiver> make_alone() const { return make_(done_, nullptr); }

private:
  template <class F>
  static std::shared_ptr<receiver> make(void* from, void* memory) {
    using made = calling_receiver<F>;
    F& done = *static_cast<F*>(from);
    if constexpr (sizeof(made) <= room && alignof(made) <= alignof(std::max_align_t)) {
      if (memory != nullptr)
        return {std::shared_ptr<void>{}, new (memory) made{std::move(done)}};
    }
    return calling(std::move(done));
  }

  void* done_;
  std::shared_ptr<receiver> (*make_)(void* done, void* memory);
};

/// The receiver behind a `future`.
class waiting_receiver final : public receiver {
public:
  void receive(outcome&& answer) noexcept override;
  [[nodiscard]] bool abandoned() const noexcept override {
    return abandoned_.load(std::memory_order_relaxed);
  }
  void abandon() noexcept { abandoned_.store(true, std::memory_order_relaxed); }
  [[nodiscard]] bool ready() const;
  [[nodiscard]] bool wait_for(std::chrono::nanoseconds time) const;
  /// Blocks until the answer is there and takes it. Throws `failure`
  /// (`would_block`) on a scheduler thread of CAF in debug builds: there it
  /// would stop every other actor of that thread, perhaps the one that answers.
  [[nodiscard]] outcome take();

private:
  void wait_briefly() const;

  mutable std::mutex mutex_;
  mutable std::condition_variable arrived_;
  std::optional<outcome> answer_;
  std::atomic<bool> answered_{false}; ///< `answer_` is set
  std::atomic<bool> abandoned_{false};
};

/// The answer of a request that is under way. Movable; one thread at a time.
/// Dropping it abandons the request: it is not sent if it was not yet; on the
/// server it is cancelled within some 200 ms, and a transaction rolled back unless
/// its COMMIT is under way. A function written for libpqxx runs to its end.
template <class T>
class future {
public:
  explicit future(std::shared_ptr<waiting_receiver> state) : state_{std::move(state)} {}
  future(future&&) noexcept = default;
  future& operator=(future&& other) noexcept {
    std::swap(state_, other.state_);
    return *this;
  }
  ~future() {
    if (state_)
      state_->abandon();
  }

  [[nodiscard]] bool valid() const noexcept { return state_ != nullptr; }
  [[nodiscard]] bool ready() const { return state_->ready(); }
  /// True when the answer has arrived.
  [[nodiscard]] bool wait_for(std::chrono::nanoseconds time) const {
    return state_->wait_for(time);
  }
  /// Blocks, at most until the request's deadline. Throws `failure`, or what a
  /// transaction function threw. May be called once.
  T get() {
    const std::shared_ptr<waiting_receiver> state = std::move(state_);
    return state->take().template take<T>();
  }

private:
  std::shared_ptr<waiting_receiver> state_;
};

} // namespace freehold
