// Notices that the configuration should be read again.
#pragma once

#include <filesystem>
#include <functional>
#include <string>
#include <string_view>
#include <thread>

namespace freehold {

/// A thread of its own that calls `tell("file")` when the text of the file has become another,
/// and `tell("signal")` at SIGHUP if asked to. It looks at the file when something in its
/// folder changed and has been quiet for a moment: editors replace files, and orchestrators
/// the links that lead to them. A file that cannot be read is no change.
class config_watch {
public:
  struct what {
    std::filesystem::path file;
    bool changes = true; ///< of the file
    bool sighup = false; ///< must be blocked in all threads: see `block_sighup`
  };

  /// Throws `std::system_error` when the system refuses.
  config_watch(what to_watch, std::function<void(std::string_view trigger)> tell);
  config_watch(const config_watch&) = delete;
  config_watch& operator=(const config_watch&) = delete;
  ~config_watch();

private:
  class descriptor {
  public:
    explicit descriptor(int fd) : fd_{fd} {}
    descriptor(const descriptor&) = delete;
    descriptor& operator=(const descriptor&) = delete;
    ~descriptor();
    [[nodiscard]] int get() const noexcept { return fd_; }

  private:
    int fd_;
  };

  void watch_folders() const;
  void run();
  void look_at_file();
  [[nodiscard]] bool await_quiet() const;

  what what_;
  std::function<void(std::string_view)> tell_;
  std::string seen_; // the text
  descriptor changes_;
  descriptor signals_; // -1: none
  descriptor end_;
  std::thread thread_;
};

/// In this thread, and in those it starts from now on.
void block_sighup();

} // namespace freehold
