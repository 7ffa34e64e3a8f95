// What a simulation says about itself: its trace, and the laws it saw broken.
#pragma once

#include <fmt/format.h>

#include <string>
#include <utility>
#include <vector>

namespace freehold::simulation {

class timeline;

/// Events in order, with the simulated time. Costs nothing while it is off.
class trace {
public:
  explicit trace(bool on) : on_{on} {}
  void follow(const timeline* time) noexcept { time_ = time; }
  [[nodiscard]] bool on() const noexcept { return on_; }

  template <class... Ts>
  void operator()(fmt::format_string<Ts...> text, Ts&&... values) const {
    if (on_)
      print(fmt::format(text, std::forward<Ts>(values)...));
  }

private:
  void print(const std::string& line) const;

  bool on_;
  const timeline* time_ = nullptr;
};

/// The laws that were broken; the first ones, for one defect breaks many.
class verdict {
public:
  template <class... Ts>
  void broken(const char* law, fmt::format_string<Ts...> text, Ts&&... values) {
    constexpr std::size_t most = 10;
    if (findings_.size() < most)
      findings_.push_back(std::string{law} + ": " + fmt::format(text, std::forward<Ts>(values)...));
  }
  [[nodiscard]] const std::vector<std::string>& findings() const noexcept { return findings_; }
  [[nodiscard]] bool holds() const noexcept { return findings_.empty(); }

private:
  std::vector<std::string> findings_;
};

} // namespace freehold::simulation
