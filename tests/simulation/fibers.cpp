#include "tests/simulation/fibers.hpp"

#include <cstdint>
#include <cxxabi.h>
#include <stdexcept>
#include <sys/mman.h>
#include <utility>

#if defined(__SANITIZE_ADDRESS__)
#define FREEHOLD_ASAN 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define FREEHOLD_ASAN 1
#endif
#endif
#ifdef FREEHOLD_ASAN
#include <sanitizer/common_interface_defs.h>
#endif

namespace freehold::simulation {
namespace {

// Deep enough for a handler under a sanitizer; untouched pages cost nothing.
constexpr std::size_t stack_size = std::size_t{1} << 20;

// What the language keeps for each thread and has to be kept for each stack: the exceptions being
// handled (Itanium C++ ABI, 2.2.2). A ROLLBACK waits for its server inside a handler.
struct exceptions {
  void* caught = nullptr;
  unsigned uncaught = 0;
};

exceptions& of_this_thread() {
  return *reinterpret_cast<exceptions*>(abi::__cxa_get_globals());
}

} // namespace

class fibers::fiber {
public:
  fiber() = default;
  explicit fiber(std::size_t size)
      : stack{mmap(nullptr, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0)},
        stack_bytes{size}, owned{true} {
    if (stack == MAP_FAILED)
      throw std::bad_alloc{};
  }
  fiber(const fiber&) = delete;
  fiber& operator=(const fiber&) = delete;
  ~fiber() {
    if (owned)
      munmap(stack, stack_bytes);
  }

  ucontext_t context{};
  void* stack = nullptr;
  std::size_t stack_bytes = 0;
  bool owned = false;
  exceptions thrown;
  gathered_requests* gathered = nullptr;
  void* sanitizer_stack = nullptr;
};

fibers::fibers() : outside_{std::make_unique<fiber>()} {}
fibers::~fibers() = default;

void fibers::drive(std::function<turn()> step) {
  step_ = std::move(step);
  over_ = false;
  go(&idle());
  current_ = nullptr;
  step_ = nullptr;
}

void fibers::suspend() {
  if (current_ == nullptr)
    throw std::logic_error{"only a fiber can wait"};
  go(&idle());
}

fibers::fiber& fibers::idle() {
  if (idle_.empty())
    return another();
  fiber* last = idle_.back();
  idle_.pop_back();
  return *last;
}

fibers::fiber& fibers::another() {
  all_.push_back(std::make_unique<fiber>(stack_size));
  fiber& made = *all_.back();
  getcontext(&made.context);
  made.context.uc_stack.ss_sp = made.stack;
  made.context.uc_stack.ss_size = made.stack_bytes;
  made.context.uc_link = nullptr;
  // makecontext passes ints only.
  const auto self = reinterpret_cast<std::uintptr_t>(this);
  makecontext(&made.context, reinterpret_cast<void (*)()>(&fibers::enter), 2,
              static_cast<unsigned>(self >> 32), static_cast<unsigned>(self));
  return made;
}

void fibers::enter(unsigned high, unsigned low) {
  auto* self = reinterpret_cast<fibers*>((std::uintptr_t{high} << 32) | low);
#ifdef FREEHOLD_ASAN
  fiber& outside = *self->outside_; // the first is entered from there
  const void* stack = nullptr;
  std::size_t bytes = 0;
  __sanitizer_finish_switch_fiber(nullptr, &stack, &bytes);
  if (outside.stack == nullptr) {
    outside.stack = const_cast<void*>(stack);
    outside.stack_bytes = bytes;
  }
#endif
  self->work(*self->current_);
}

void fibers::work(fiber& self) {
  for (;;) {
    const turn next = over_ ? turn{true, nullptr} : step_();
    over_ = next.over;
    if (!over_ && next.resume == nullptr)
      continue;
    idle_.push_back(&self);
    go(over_ ? outside_.get() : next.resume);
  }
}

void fibers::go(fiber* to) {
  fiber& from = current_ != nullptr ? *current_ : *outside_;
  from.thrown = std::exchange(of_this_thread(), to->thrown);
  from.gathered = gathered_requests::exchange(to->gathered);
  current_ = to == outside_.get() ? nullptr : to;
#ifdef FREEHOLD_ASAN
  __sanitizer_start_switch_fiber(&from.sanitizer_stack, to->stack, to->stack_bytes);
#endif
  swapcontext(&from.context, &to->context);
#ifdef FREEHOLD_ASAN
  __sanitizer_finish_switch_fiber(from.sanitizer_stack, nullptr, nullptr);
#endif
}

} // namespace freehold::simulation
