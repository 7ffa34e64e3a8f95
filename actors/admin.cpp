#include "actors/admin.hpp"

#include "actors/dashboard_files.hpp"
#include "actors/quiet_thread.hpp"
#include "actors/snapshot_json.hpp"

#include <fmt/format.h>

#include <array>
#include <charconv>
#include <cstdint>
#include <stdexcept>
#include <utility>

namespace freehold {

namespace {

using configuration::listen_address;
using configuration::parse_listen_address;

constexpr const char* plain = "text/plain; charset=utf-8";
constexpr const char* json_type = "application/json";
constexpr const char* prometheus_text = "text/plain; version=0.0.4; charset=utf-8";
constexpr std::int64_t latest_ms = 9'000'000'000'000; // system_clock counts nanoseconds

http_reply reply(int status, const char* type, std::string body) {
  return {status, type, std::make_shared<const std::string>(std::move(body)), {}};
}

std::string content_type(std::string_view name) {
  struct kind {
    std::string_view ending;
    const char* type;
  };
  static constexpr std::array kinds{
      kind{".html", "text/html; charset=utf-8"}, kind{".css", "text/css; charset=utf-8"},
      kind{".js", "text/javascript; charset=utf-8"}, kind{".svg", "image/svg+xml"}};
  for (const kind& each : kinds)
    if (name.ends_with(each.ending))
      return each.type;
  return "application/octet-stream";
}

http_endpoint bound(const std::string& listen) {
  const std::optional<listen_address> where = parse_listen_address(listen);
  try {
    return http_endpoint{where.value()}; // it was validated
  } catch (const std::runtime_error& why) {
    throw config_error{{{"the configuration", 0, 0, "runtime.admin.listen", listen,
                         fmt::format("cannot listen on {}: {}; choose another port, or port 0 for "
                                     "one that is free",
                                     listen, why.what())}}};
  }
}

} // namespace

bool is_authorized(std::string_view header, const secret& token) noexcept {
  constexpr std::string_view scheme = "Bearer ";
  const std::string& expected = token.reveal();
  if (!header.starts_with(scheme) || expected.empty())
    return false;
  header.remove_prefix(scheme.size());
  std::size_t differs = header.size() ^ expected.size();
  for (std::size_t i = 0; i < header.size(); ++i)
    differs |= static_cast<unsigned char>(header[i] ^ expected[i % expected.size()]);
  return differs == 0;
}

admin::admin(const admin_options& options, event_log log)
    : log_{std::move(log)}, token_{options.token}, endpoint_(bound(options.listen)) {
  listen_address where = *parse_listen_address(options.listen);
  where.port = endpoint_.port();
  url_ = "http://" + where.text();
  for (const dashboard_file& each : dashboard_files()) {
    const http_reply made{
        200, content_type(each.name), std::make_shared<const std::string>(each.content), {}};
    files_.emplace("/" + std::string{each.name}, made);
    if (each.name == "index.html")
      files_.emplace("/", made);
  }
}

admin::~admin() {
  stop();
}

void admin::start(admin_figures::taker take) {
  figures_.emplace(std::move(take));
  endpoint_.serve([this](const http_request& asked) { return answer(asked); });
  log_->info("the runtime is shown at {} (runtime.admin)", url_);
  historian_ = quiet_thread([this] { keep_history(); });
}

void admin::stop() {
  {
    const std::lock_guard lock{guard_};
    stopping_ = true;
  }
  changed_.notify_all();
  if (historian_.joinable())
    historian_.join();
  endpoint_.stop();
}

void admin::keep_history() {
  auto next = std::chrono::steady_clock::now();
  std::unique_lock lock{guard_};
  while (!stopping_) {
    lock.unlock();
    try {
      figures_->sample();
    } catch (const std::exception& why) { // memory, as a rule: the next second may be better
      log_->error("runtime.admin: a second is missing in the history: {}", why.what());
    }
    // A second that was missed, because the machine slept, is not made up for.
    next = std::max(next + snapshot_history::interval, std::chrono::steady_clock::now());
    lock.lock();
    changed_.wait_until(lock, next, [this] { return stopping_; });
  }
}

// Without a token only this machine can ask, and yet a page in somebody's browser could: by a name
// of its own that it lets resolve to this address. Then the name is not one of ours.
std::optional<http_reply> admin::refusal(const http_request& asked) const {
  if (!token_.empty()) {
    if (is_authorized(asked.authorization, token_))
      return std::nullopt;
    http_reply made = reply(401, plain,
                            "this needs Authorization: Bearer and the token "
                            "(runtime.admin.token)\n");
    made.challenge = "Bearer realm=\"freehold\"";
    return made;
  }
  if (asked.host.empty())
    return std::nullopt;
  const bool with_port = asked.host.find(':', asked.host.rfind(']') + 1) != std::string::npos;
  const auto named = parse_listen_address(with_port ? asked.host : asked.host + ":80");
  if (named && named->is_loopback())
    return std::nullopt;
  return reply(403, plain,
               "without runtime.admin.token this is answered under a loopback name "
               "only, such as localhost\n");
}

http_reply admin::ready() {
  const std::shared_ptr<const runtime_snapshot> now = figures_->latest();
  return reply(now->ready ? 200 : 503, json_type, readiness_json(*now));
}

http_reply admin::history(const std::string& since) {
  if (since.empty())
    return {200, json_type, figures_->history(), {}};
  std::int64_t ms = 0;
  const auto [end, wrong] = std::from_chars(since.data(), since.data() + since.size(), ms);
  if (wrong != std::errc{} || end != since.data() + since.size() || ms < 0 || ms > latest_ms)
    return reply(400, plain, "since is the `t` of a sample: milliseconds since 1970\n");
  const std::chrono::system_clock::time_point after{std::chrono::milliseconds{ms}};
  return {200, json_type, figures_->history(after), {}};
}

http_reply admin::answer(const http_request& asked) {
  if (asked.path == "/health/live")
    return reply(200, plain, "live");
  if (asked.path == "/health/ready")
    return ready();
  if (const auto file = files_.find(asked.path); file != files_.end())
    return file->second;
  if (std::optional<http_reply> refused = refusal(asked))
    return *std::move(refused);
  if (asked.path == "/metrics")
    return {200, prometheus_text, figures_->metrics(), {}};
  if (asked.path == "/snapshot")
    return {200, json_type, figures_->snapshot(), {}};
  if (asked.path == "/history")
    return history(asked.since);
  return reply(404, plain,
               "there are /, /metrics, /snapshot, /history, /health/live and /health/ready\n");
}

} // namespace freehold
