// A service to look at: it has something of everything to do, and shows itself over HTTP.
// `./dev dashboard` runs it until Ctrl-C; without an argument it ends after a second.
//
//     example_watched_service [stay]

#include <freehold/freehold.hpp>

#include <atomic>
#include <csignal>
#include <cstdlib>
#include <iostream>
#include <random>
#include <string_view>
#include <thread>
#include <vector>

namespace fh = freehold;
using namespace std::chrono_literals;

const fh::statement homes{
    "homes", "CREATE TABLE IF NOT EXISTS home AS SELECT n AS id, 'home ' || n AS title, "
             "400 + n % 900 AS rent FROM generate_series(1, 10000) AS n"};
const fh::statement homes_by_id{"homes_by_id",
                                "CREATE UNIQUE INDEX IF NOT EXISTS home_id ON home (id)"};
const fh::statement one_home{"one_home", "SELECT title, rent FROM home WHERE id = $1",
                             fh::read_only};
const fh::statement cheap_homes{"cheap_homes",
                                "SELECT id, title FROM home WHERE rent < $1 ORDER BY rent LIMIT 20",
                                fh::read_only};
const fh::statement raise_rent{"raise_rent", "UPDATE home SET rent = rent + 1 WHERE id = $1"};
const fh::statement report{"monthly_report", "SELECT count(*), avg(rent), pg_sleep(0.4) FROM home",
                           fh::read_only};

// Usually a file. The variable is one of tests/sandbox/sandbox.
constexpr const char* configuration = R"(
[runtime]
service = "rental"
level = "warn"
log.format = "text"

[runtime.admin]
listen = "127.0.0.1:0"              # any free port

[database.primary]
url = "${FREEHOLD_TEST_URL}"
pool.max_connections = 8
)";

/// People who look for homes, somebody who raises rents, and an office that makes reports.
class visitors {
public:
  explicit visitors(const fh::database& db) {
    for (unsigned i = 0; i < 12; ++i)
      threads_.emplace_back([this, db, i] { look(db, i); });
    threads_.emplace_back([this, db] { make_reports(db); });
  }
  visitors(const visitors&) = delete;
  visitors& operator=(const visitors&) = delete;
  ~visitors() {
    over_ = true;
    for (std::thread& each : threads_)
      each.join();
  }

  [[nodiscard]] unsigned long served() const { return served_; }
  [[nodiscard]] unsigned long refused() const { return refused_; }

private:
  void ask(const fh::database& db, fh::bound_statement what, fh::request_options how) {
    try {
      static_cast<void>(db.execute(std::move(what), how).get());
      ++served_;
    } catch (const fh::failure&) { // why is on the dashboard
      ++refused_;
    }
  }
  void look(const fh::database& db, unsigned seed) {
    std::mt19937 random{seed};
    while (!over_) {
      const int id = 1 + static_cast<int>(random() % 10'000);
      const auto wish = random() % 100;
      if (wish < 80)
        ask(db, fh::bind(one_home, id), {.timeout = 2s});
      else if (wish < 95)
        ask(db, fh::bind(cheap_homes, 400 + id % 100),
            {.timeout = 2s, .fallbacks = {fh::fallback::last_good(1min)}});
      else
        ask(db, fh::bind(raise_rent, id), {.timeout = 2s});
      std::this_thread::sleep_for(std::chrono::microseconds{200 + random() % 3'000});
    }
  }
  void make_reports(const fh::database& db) {
    while (!over_) {
      ask(db, fh::bind(report), {.timeout = 2s});
      std::this_thread::sleep_for(1s);
    }
  }

  std::atomic<bool> over_{false};
  std::atomic<unsigned long> served_{0};
  std::atomic<unsigned long> refused_{0};
  std::vector<std::thread> threads_;
};

int main(int argc, char** argv) try {
  sigset_t ends; // before any thread starts, so that none but sigwait gets them
  sigemptyset(&ends);
  sigaddset(&ends, SIGINT);
  sigaddset(&ends, SIGTERM);
  pthread_sigmask(SIG_BLOCK, &ends, nullptr);

  const fh::runtime runtime{fh::parse_config(configuration)};
  const fh::database db = runtime.database("primary");
  static_cast<void>(db.script({fh::bind(homes), fh::bind(homes_by_id)}).get());
  const visitors load{db};
  std::cout << "the dashboard: " << runtime.admin_url() << std::endl;
  if (argc > 1 && std::string_view{argv[1]} == "stay") {
    int which = 0;
    sigwait(&ends, &which);
  } else {
    std::this_thread::sleep_for(1s);
  }
  std::cout << load.served() << " requests served, " << load.refused() << " refused\n";
  return EXIT_SUCCESS;
} catch (const std::exception& why) {
  std::cerr << why.what() << '\n';
  return EXIT_FAILURE;
}
