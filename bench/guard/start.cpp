// How long a service waits for its first answer: from the construction of a
// runtime with ten connections, beside a connect and a query of libpq's own, in
// turns. Ends with 1 when the medians are too far apart.
//
//     tests/sandbox/sandbox run -- build/release/bench/bench_start [ROUNDS]

#include <freehold/freehold.hpp>

#include <libpq-fe.h>
#include <spdlog/sinks/null_sink.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <memory>
#include <stdexcept>
#include <string>
#include <vector>

namespace fh = freehold;
using bench_clock = std::chrono::steady_clock;

namespace {

constexpr double most_over_libpq_ms = 50.0;
constexpr std::size_t connections = 10;

double since(bench_clock::time_point start) {
  return std::chrono::duration<double, std::milli>{bench_clock::now() - start}.count();
}

double libpq(const std::string& url) {
  const auto start = bench_clock::now();
  const std::unique_ptr<PGconn, decltype(&PQfinish)> on{PQconnectdb(url.c_str()), PQfinish};
  const std::unique_ptr<PGresult, decltype(&PQclear)> got{PQexec(on.get(), "SELECT 1"), PQclear};
  const double took = since(start);
  if (PQresultStatus(got.get()) != PGRES_TUPLES_OK)
    throw std::runtime_error{PQerrorMessage(on.get())};
  return took;
}

struct figures {
  double first = 0; // answer
  double all = 0;   // connections at rest
  double told = 0;  // what the runtime says of the first
};

figures freehold_start(const std::string& url, fh::base_profile profile) {
  fh::config options = fh::config_from_url(url, "primary", profile);
  options.runtime.service = "bench_start";
  options.databases.front().pool.max_connections = connections;
  options.databases.front().pool.min_connections = connections;
  figures took;
  const auto start = bench_clock::now();
  const fh::runtime runtime{std::move(options),
                            {nullptr, {std::make_shared<spdlog::sinks::null_sink_mt>()}}};
  const fh::database db = runtime.database("primary");
  const fh::statement one{"one", "SELECT 1", fh::read_only};
  static_cast<void>(db.execute(one).get());
  took.first = since(start);
  while (db.snapshot().connects_total < connections && since(start) < 10'000)
    static_cast<void>(db.execute(one).get());
  took.all = since(start);
  using milliseconds = std::chrono::duration<double, std::milli>;
  took.told = milliseconds{runtime.snapshot().first_answer.value()}.count();
  return took;
}

double median(std::vector<double> of) {
  const auto middle = of.begin() + static_cast<std::ptrdiff_t>(of.size() / 2);
  std::nth_element(of.begin(), middle, of.end());
  return *middle;
}

} // namespace

int main(int argc, char** argv) {
  const char* url = std::getenv("FREEHOLD_TEST_URL");
  if (url == nullptr) {
    std::puts("run this inside tests/sandbox/sandbox run --");
    return 2;
  }
  const int rounds = argc > 1 ? std::atoi(argv[1]) : 20;
  std::vector<double> raw;
  bool good = true;
  for (const fh::base_profile profile :
       {fh::base_profile::production, fh::base_profile::development}) {
    std::vector<double> first;
    std::vector<double> all;
    std::vector<double> told;
    for (int i = 0; i < rounds; ++i) {
      raw.push_back(libpq(url));
      const figures took = freehold_start(url, profile);
      first.push_back(took.first);
      all.push_back(took.all);
      told.push_back(took.told);
    }
    const double over = median(first) - median(raw);
    good = good && over < most_over_libpq_ms;
    std::printf("%s: first answer %.1f ms (the runtime says %.1f), libpq %.1f ms, over it %.1f ms "
                "(most: %.0f); %zu connections after %.1f ms; medians of %d\n",
                profile == fh::base_profile::production ? "production" : "development",
                median(first), median(told), median(raw), over, most_over_libpq_ms, connections,
                median(all), rounds);
  }
  return good ? 0 : 1;
}
