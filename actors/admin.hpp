// The HTTP endpoint for people and for what watches the service.
#pragma once

#include "actors/admin_figures.hpp"
#include "actors/http_endpoint.hpp"
#include "runtime/event_log.hpp"

#include <freehold/config.hpp>

#include <condition_variable>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <thread>

namespace freehold {

/// What it shows comes from snapshots that are shared by all who ask
/// (`admin_figures`), so nobody can make the databases work by asking often.
/// `/health/live` looks at nothing at all: it says that this process is there.
class admin {
public:
  /// Binds its address. Throws `config_error` when that is taken or not ours.
  admin(const admin_options& options, event_log log);
  admin(const admin&) = delete;
  admin& operator=(const admin&) = delete;
  ~admin();

  void start(admin_figures::taker take);
  /// Further calls do nothing.
  void stop();
  [[nodiscard]] const std::string& url() const noexcept { return url_; }

private:
  [[nodiscard]] http_reply answer(const http_request& asked);
  [[nodiscard]] http_reply ready();
  [[nodiscard]] http_reply history(const std::string& since);
  [[nodiscard]] std::optional<http_reply> refusal(const http_request& asked) const;
  void keep_history();

  event_log log_;
  secret token_;
  http_endpoint endpoint_;
  std::string url_;
  std::map<std::string, http_reply, std::less<>> files_; // by path
  std::optional<admin_figures> figures_;
  std::mutex guard_;
  std::condition_variable changed_;
  bool stopping_ = false;
  std::thread historian_;
};

/// "Bearer TOKEN", compared in a time that does not depend on where they differ.
[[nodiscard]] bool is_authorized(std::string_view header, const secret& token) noexcept;

} // namespace freehold
