#include "actors/http_endpoint.hpp"

#include "actors/http_stream.hpp"
#include "actors/quiet_thread.hpp"

#include <fmt/format.h>
#include <httplib.h>
#include <pthread.h>
#include <sys/resource.h>
#include <unistd.h>

#include <array>
#include <atomic>
#include <condition_variable>
#include <csignal>
#include <deque>
#include <future>
#include <mutex>
#include <optional>
#include <stdexcept>
#include <system_error>
#include <thread>
#include <utility>
#include <vector>

namespace freehold {

namespace {

constexpr int niceness = 10; // the service's own threads come first

// httplib ignores SIGPIPE for the whole process, which is not for a library to decide. Our own
// stream does not raise it.
class kept_sigpipe {
public:
  kept_sigpipe() noexcept { sigaction(SIGPIPE, nullptr, &before_); }
  kept_sigpipe(const kept_sigpipe&) = delete;
  kept_sigpipe& operator=(const kept_sigpipe&) = delete;
  ~kept_sigpipe() { sigaction(SIGPIPE, &before_, nullptr); }

private:
  struct sigaction before_ {};
};

// httplib asks for SO_REUSEPORT, with which two processes share a port and nobody is told.
void socket_options(socket_t socket) {
  const int yes = 1;
  setsockopt(socket, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes);
}

// What httplib wants to run on a thread of a pool only hands a connection to our own.
class inline_queue final : public httplib::TaskQueue {
public:
  void enqueue(std::function<void()> run) override { run(); }
  void shutdown() override {}
};

} // namespace

class http_endpoint::server final : private httplib::Server {
public:
  explicit server(const configuration::listen_address& where);
  ~server() override;
  void serve(http_handler handler);
  void stop();
  [[nodiscard]] std::uint16_t port() const noexcept { return port_; }

private:
  using clock = std::chrono::steady_clock;

  bool process_and_close_socket(socket_t socket) override;
  void work();
  void attend(socket_t socket);
  HandlerResponse answer(const httplib::Request& asked, httplib::Response& to) const;

  std::uint16_t port_ = 0;
  http_handler handler_;
  std::promise<void> listening_;
  std::thread listener_;
  std::vector<std::thread> workers_;
  std::mutex guard_;
  std::condition_variable arrived_;
  std::deque<socket_t> waiting_;
  http_pressure pressure_;
};

http_endpoint::server::server(const configuration::listen_address& where) {
  set_socket_options(socket_options);
  set_payload_max_length(1'024);
  errno = 0;
  int bound = -1;
  if (where.port == 0)
    bound = bind_to_any_port(where.host);
  else if (bind_to_port(where.host, where.port))
    bound = where.port;
  if (bound <= 0) {
    const int why = errno;
    throw std::runtime_error{why == 0 ? std::string{"the address is not one of this machine"}
                                      : std::generic_category().message(why)};
  }
  port_ = static_cast<std::uint16_t>(bound);
  set_pre_routing_handler(
      [this](const httplib::Request& asked, httplib::Response& to) { return answer(asked, to); });
  // What was thrown is not for strangers, and httplib would put it into a header.
  set_exception_handler([](const httplib::Request&, httplib::Response& to, std::exception_ptr) {
    to.status = 500;
    to.set_content("no figures at the moment\n", "text/plain; charset=utf-8");
  });
  // After it says that it runs, so that `stop` finds something to stop.
  new_task_queue = [this] {
    listening_.set_value();
    return new inline_queue; // httplib deletes it
  };
}

http_endpoint::server::~server() {
  stop();
}

void http_endpoint::server::serve(http_handler handler) {
  handler_ = std::move(handler);
  for (unsigned i = 0; i < threads; ++i)
    workers_.push_back(quiet_thread([this] { work(); }));
  listener_ = quiet_thread([this] { listen_after_bind(); });
  listening_.get_future().wait();
}

void http_endpoint::server::stop() {
  if (!listener_.joinable()) { // it was never begun, or has been stopped
    const socket_t bound = svr_sock_.exchange(INVALID_SOCKET);
    if (bound != INVALID_SOCKET)
      close(bound);
    return;
  }
  httplib::Server::stop();
  listener_.join();
  {
    const std::lock_guard lock{guard_};
    pressure_.stopping = true;
  }
  arrived_.notify_all();
  for (std::thread& each : workers_)
    each.join();
  for (const socket_t each : waiting_)
    close(each);
  waiting_.clear();
}

// On the listener's thread.
bool http_endpoint::server::process_and_close_socket(socket_t socket) {
  {
    const std::lock_guard lock{guard_};
    if (waiting_.size() >= most_waiting) {
      close(socket);
      return false;
    }
    waiting_.push_back(socket);
    pressure_.crowded = true;
  }
  arrived_.notify_one();
  return true;
}

void http_endpoint::server::work() {
  // On Linux this is of the thread alone. Without it the endpoint works all the same.
  static_cast<void>(setpriority(PRIO_PROCESS, static_cast<id_t>(gettid()), niceness));
  static_cast<void>(pthread_setname_np(pthread_self(), "freehold.admin"));
  for (;;) {
    socket_t next = INVALID_SOCKET;
    {
      std::unique_lock lock{guard_};
      arrived_.wait(lock, [this] { return !waiting_.empty() || pressure_.stopping; });
      if (pressure_.stopping)
        return;
      next = waiting_.front();
      waiting_.pop_front();
      pressure_.crowded = !waiting_.empty();
    }
    attend(next);
  }
}

void http_endpoint::server::attend(socket_t socket) {
  http_stream talk{socket, pressure_};
  bool closed = false;
  try {
    process_request(talk, true, closed, nullptr);
  } catch (const std::exception&) { // memory: the client sees its connection end
    closed = true;
  }
  talk.finish();
}

httplib::Server::HandlerResponse http_endpoint::server::answer(const httplib::Request& asked,
                                                               httplib::Response& to) const {
  to.set_header("Cache-Control", "no-store");
  to.set_header("Content-Security-Policy",
                "default-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'");
  to.set_header("X-Content-Type-Options", "nosniff");
  to.set_header("Referrer-Policy", "no-referrer");
  if (asked.method != "GET" && asked.method != "HEAD") {
    to.status = 405;
    to.set_header("Allow", "GET, HEAD");
    return HandlerResponse::Handled;
  }
  const http_reply made =
      handler_({asked.path, asked.get_header_value("Host"), asked.get_header_value("Authorization"),
                asked.get_param_value("since")});
  to.status = made.status;
  if (!made.challenge.empty())
    to.set_header("WWW-Authenticate", made.challenge);
  if (made.body)
    to.set_content(*made.body, made.content_type);
  return HandlerResponse::Handled;
}

http_endpoint::http_endpoint(const configuration::listen_address& where) {
  const kept_sigpipe as_before;
  server_ = std::make_unique<server>(where);
}

http_endpoint::~http_endpoint() = default;

void http_endpoint::serve(http_handler handler) {
  server_->serve(std::move(handler));
}

void http_endpoint::stop() {
  server_->stop();
}

std::uint16_t http_endpoint::port() const noexcept {
  return server_->port();
}

} // namespace freehold
