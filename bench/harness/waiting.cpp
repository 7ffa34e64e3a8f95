#include "bench/harness/waiting.hpp"

#include "bench/harness/libpq_connection.hpp"

#include <malloc.h>
#include <unistd.h>

#include <atomic>
#include <chrono>
#include <fstream>
#include <mutex>
#include <thread>
#include <vector>

namespace bench {
namespace {

using clock = std::chrono::steady_clock;
using namespace std::chrono_literals;

double allocated() {
  const struct mallinfo2 now = mallinfo2();
  return double(now.uordblks) + double(now.hblkhd);
}

double resident() {
  std::ifstream in{"/proc/self/statm"};
  std::uint64_t all = 0;
  std::uint64_t pages = 0;
  in >> all >> pages;
  return double(pages) * double(sysconf(_SC_PAGESIZE));
}

/// What all of them count; made before anything is.
struct tally {
  std::atomic<std::uint64_t> answers{0};
  std::atomic<std::uint64_t> failed{0};
  std::atomic<std::uint64_t> twice{0};
  std::mutex mutex;
  std::string failure;
};

struct waiting_request final : completion {
  tally* to = nullptr;
  std::atomic<int> answers{0};
  clock::time_point answered;

  void done(std::string_view failure) noexcept override {
    answered = clock::now();
    if (answers++ > 0)
      ++to->twice;
    if (!failure.empty()) {
      ++to->failed;
      const std::lock_guard lock{to->mutex};
      to->failure = failure;
    }
    ++to->answers;
  }
};

void command(PGconn* on, const char* sql) {
  const result_ptr done{PQexec(on, sql)};
  if (PQresultStatus(done.get()) != PGRES_COMMAND_OK)
    throw std::runtime_error{PQerrorMessage(on)};
}

bool wait_until(const std::atomic<std::uint64_t>& count, std::uint64_t wanted) {
  const clock::time_point patience = clock::now() + 20s;
  while (count < wanted && clock::now() < patience)
    std::this_thread::sleep_for(1ms);
  return count >= wanted;
}

/// When what was begun has arrived where it waits.
void settle() {
  double before = 0;
  for (double now = allocated(); now != before; now = allocated()) {
    before = now;
    std::this_thread::sleep_for(100ms);
  }
}

} // namespace

waiting_measurement measure_waiting(side& on, const cell& how) {
  const connection_ptr other = open(how.url);
  tally counts;
  // Kept when answers are missing, since they may still come.
  auto* all = new std::vector<waiting_request>(how.requesters + 64 * how.connections);
  for (waiting_request& each : *all)
    each.to = &counts;
  // Some before, so that statements are prepared and buffers have their size.
  const std::size_t first = 64 * how.connections;
  for (std::size_t i = 0; i < first; ++i) {
    on.begin(i, {operation::select, 1 + std::int64_t(i)}, (*all)[i]);
    if ((i + 1) % 64 == 0 && !wait_until(counts.answers, i + 1))
      throw std::runtime_error{"the first requests were not answered"};
  }

  command(other.get(), "BEGIN; LOCK TABLE item IN ACCESS EXCLUSIVE MODE");
  const double before = allocated();
  const double resident_before = resident();
  for (std::size_t i = 0; i < how.requesters; ++i)
    on.begin(i, {operation::select, 1 + std::int64_t(i) % items}, (*all)[first + i]);
  settle();
  waiting_measurement made;
  made.bytes = (allocated() - before) / double(how.requesters);
  made.resident_bytes = (resident() - resident_before) / double(how.requesters);
  command(other.get(), "COMMIT");
  const clock::time_point begun = clock::now();
  wait_until(counts.answers, first + how.requesters);

  made.failed = counts.failed;
  made.failure = counts.failure;
  made.twice = counts.twice;
  clock::time_point last = begun;
  for (const waiting_request& each : *all) {
    made.lost += each.answers == 0 ? 1 : 0;
    last = std::max(last, each.answered);
  }
  made.right = how.requesters - made.failed - made.lost;
  made.seconds = std::chrono::duration<double>(last - begun).count();
  made.longest_us = made.seconds * 1e6;
  if (made.lost == 0)
    delete all;
  return made;
}

} // namespace bench
