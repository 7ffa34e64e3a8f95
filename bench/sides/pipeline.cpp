// libpq's pipeline mode by hand: what a specialist writes for exactly this workload. No deadlines,
// no retries, no recovery: it marks what is possible in practice.

#include "bench/harness/libpq_connection.hpp"
#include "bench/sides/open_all.hpp"

#include <poll.h>

#include <condition_variable>
#include <mutex>
#include <thread>
#include <vector>

namespace bench {
namespace {

struct queued {
  work what;
  completion* to;
  bool synced = false; ///< a Sync follows it
};

/// A connection and the thread that owns it. What arrives while a pipeline runs is the next one.
class pipelined_connection {
public:
  pipelined_connection(const cell& how, bool sync_per_query)
      : on_{open(how.url)}, unnamed_{how.unnamed}, sync_per_query_{sync_per_query} {
    if (!unnamed_)
      prepare_all(on_.get());
    if (PQenterPipelineMode(on_.get()) != 1 || PQsetnonblocking(on_.get(), 1) != 0)
      throw std::runtime_error{PQerrorMessage(on_.get())};
    thread_ = std::thread{[this] { serve(); }};
  }
  pipelined_connection(const pipelined_connection&) = delete;
  pipelined_connection& operator=(const pipelined_connection&) = delete;
  ~pipelined_connection() {
    {
      const std::lock_guard lock{mutex_};
      stopping_ = true;
    }
    arrived_.notify_one();
    thread_.join();
  }

  void submit(const queued& one) {
    bool first = false;
    {
      const std::lock_guard lock{mutex_};
      first = queue_.empty();
      queue_.push_back(one);
    }
    if (first && std::this_thread::get_id() != thread_.get_id())
      arrived_.notify_one();
  }

private:
  void serve() {
    std::vector<queued> batch;
    for (;;) {
      {
        std::unique_lock lock{mutex_};
        arrived_.wait(lock, [this] { return stopping_ || !queue_.empty(); });
        if (queue_.empty())
          return;
        batch.swap(queue_);
      }
      send(batch);
      for (const queued& each : batch)
        finish(each);
      batch.clear();
    }
  }

  void send(std::vector<queued>& batch) {
    for (queued& each : batch) {
      if (each.what.what == operation::transaction) {
        statement({"", "BEGIN"}, nullptr);
        statement(statements[1], &each.what.key);
        statement(statements[2], &each.what.key);
        statement({"", "COMMIT"}, nullptr);
      } else {
        statement(statement_of(each.what.what), &each.what.key);
      }
      // A write that shares a Sync shares a transaction: never what was asked for.
      each.synced = sync_per_query_ || each.what.what == operation::write || &each == &batch.back();
      if (each.synced && PQpipelineSync(on_.get()) != 1)
        throw std::runtime_error{PQerrorMessage(on_.get())};
    }
    while (PQflush(on_.get()) == 1)
      wait(POLLIN | POLLOUT);
  }

  void statement(const named_statement& what, const std::int64_t* key) {
    const key_text value{key == nullptr ? 0 : *key};
    const int values = key == nullptr ? 0 : 1;
    const int sent = unnamed_ || *what.name == '\0'
                         ? PQsendQueryParams(on_.get(), what.sql, values, nullptr, value.values(),
                                             nullptr, nullptr, 0)
                         : PQsendQueryPrepared(on_.get(), what.name, values, value.values(),
                                               nullptr, nullptr, 0);
    if (sent != 1)
      throw std::runtime_error{PQerrorMessage(on_.get())};
  }

  void finish(const queued& one) {
    std::string failure;
    try {
      if (one.what.what == operation::transaction) {
        decode(take().get(), one.what);
        decode(take().get(), one.what);
        decode(take().get(), one.what);
      }
      decode(take().get(), one.what);
    } catch (const std::exception& why) {
      failure = why.what();
    }
    if (one.synced)
      take_sync();
    one.to->done(failure);
  }
  /// The next result, and the null pointer that ends its statement.
  result_ptr take() {
    result_ptr one = get();
    const result_ptr end = get();
    return one;
  }
  void take_sync() {
    const result_ptr end = get();
    if (PQresultStatus(end.get()) != PGRES_PIPELINE_SYNC)
      throw std::runtime_error{"a Sync was expected"};
  }
  result_ptr get() {
    while (PQisBusy(on_.get()) != 0)
      wait(POLLIN);
    return result_ptr{PQgetResult(on_.get())};
  }
  void wait(short events) {
    pollfd one{PQsocket(on_.get()), events, 0};
    poll(&one, 1, -1);
    if ((one.revents & ~POLLOUT) != 0 && PQconsumeInput(on_.get()) != 1)
      throw std::runtime_error{PQerrorMessage(on_.get())};
  }

  connection_ptr on_;
  const bool unnamed_;
  const bool sync_per_query_;
  std::mutex mutex_;
  std::condition_variable arrived_;
  std::vector<queued> queue_;
  bool stopping_ = false;
  std::thread thread_;
};

/// The promise of a requester that is a thread.
class waiter final : public completion {
public:
  void done(std::string_view failure) noexcept override {
    const std::lock_guard lock{mutex_};
    failure_ = failure;
    done_ = true;
    answered_.notify_one();
  }
  void wait() {
    std::unique_lock lock{mutex_};
    answered_.wait(lock, [this] { return done_; });
    if (!failure_.empty())
      throw std::runtime_error{failure_};
  }

private:
  std::mutex mutex_;
  std::condition_variable answered_;
  bool done_ = false;
  std::string failure_;
};

class pipeline_side final : public side {
public:
  explicit pipeline_side(const cell& how)
      : completes_{how.requesters > how.connections}, all_{open_all(how.connections, [&how] {
          return std::make_unique<pipelined_connection>(how, how.policy == "query");
        })} {}

  std::string description() const override {
    return "libpq in pipeline mode, by hand: a thread for each connection and a queue before it; "
           "what piles up while a pipeline runs is the next one, with a Sync for each query or "
           "one for the batch. Requesters are spread over the connections once and for all; they "
           "are callbacks on the connection's thread, or threads that wait for a promise where "
           "there are as many connections. Writes always have a Sync of their own.";
  }
  bool completes() const override { return completes_; }
  void begin(std::size_t requester, const work& one, completion& to) override {
    all_[requester % all_.size()]->submit({one, &to});
  }
  void run(std::size_t requester, const work& one) override {
    waiter answer;
    begin(requester, one, answer);
    answer.wait();
  }

private:
  const bool completes_;
  std::vector<std::unique_ptr<pipelined_connection>> all_;
};

} // namespace

std::unique_ptr<side> make_side(const cell& how) {
  return std::make_unique<pipeline_side>(how);
}

} // namespace bench
