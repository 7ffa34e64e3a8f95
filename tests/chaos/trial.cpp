#include "tests/chaos/trial.hpp"

#include <spdlog/sinks/null_sink.h>
#include <spdlog/sinks/stdout_sinks.h>

#include <cstdlib>

namespace chaos {

using freehold::testing::process_counts;

namespace {

std::string kinds(const written& told) {
  std::string text;
  for (const auto& [name, times] : told.failures)
    text += fmt::format("{}{} × {}", text.empty() ? "" : ", ", grouped(times), name);
  return text.empty() ? "no error" : text;
}

std::unique_ptr<fh::runtime> made(fh::config how) {
  observer owner{cluster::url()};
  ledger::create(owner);
  return std::make_unique<fh::runtime>(std::move(how), chaos_embedding());
}

} // namespace

fh::config chaos_config(const std::string& url, const std::string& service,
                        fh::base_profile profile, std::size_t connections) {
  fh::config made = fh::config_from_url(url, "primary", profile);
  made.runtime.service = "chaos-" + service;
  made.runtime.drain_timeout = 3s;
  fh::database_options& options = made.databases.front();
  options.pool.max_connections = connections;
  // The pauses of the development profile, or the short forms would be long.
  options.connect = fh::default_database(fh::base_profile::development, "any").connect;
  return made;
}

fh::embedding chaos_embedding() {
  fh::embedding with;
  if (std::getenv("FREEHOLD_CHAOS_LOG") != nullptr)
    with.sinks.push_back(std::make_shared<spdlog::sinks::stderr_sink_mt>());
  else
    with.sinks.push_back(std::make_shared<spdlog::sinks::null_sink_mt>());
  return with;
}

std::size_t usable(const fh::database& db) {
  const fh::database_snapshot now = db.snapshot();
  return now.idle + now.busy + now.exclusive + now.leased;
}

trial::trial(const setting& with, fh::config how, const writing& load)
    : with_{with}, connections_{how.databases.front().pool.max_connections},
      service_{how.runtime.service}, before_{process_counts::now()}, runtime_{made(std::move(how))},
      db_{runtime_->database("primary")} {
  writing seeded = load;
  seeded.seed = with.seed;
  writers_ = std::make_unique<writers>(db_, seeded);
  begun_ = clock::now();
  if (!eventually([&] { return usable(db_) == connections_; }, 20s) || !next_success())
    throw std::runtime_error{"no service to begin with: " + db_.snapshot().last_connect_error};
}

std::optional<clock::duration> trial::next_success(std::chrono::milliseconds within) {
  const auto asked = clock::now();
  const std::uint64_t before = writers_->acknowledged();
  if (!eventually([&] { return writers_->acknowledged() > before; }, within))
    return std::nullopt;
  return clock::now() - asked;
}

void trial::conclude(const std::string& audited, std::optional<std::size_t> connections) {
  recover(connections.value_or(connections_));
  stop(audited);
}

// The connections are there again, and each writer is served several times.
void trial::recover(std::size_t connections) {
  const auto asked = clock::now();
  const std::uint64_t before = writers_->acknowledged();
  const bool served = eventually([&] { return writers_->acknowledged() > before + 640; }, 60s);
  const bool all = eventually([&] { return usable(db_) >= connections; }, 60s);
  last_ = db_.snapshot();
  with_.on.holds(served && all, "and it recovers", shown(clock::now() - asked),
                 fmt::format("until 640 more writes on {} of {} connections; {} sessions were "
                             "lost, {} connects failed",
                             usable(db_), connections_, grouped(last_.sessions_lost_total),
                             grouped(last_.connect_failures_total)));
}

void trial::stop(const std::string& audited) {
  lasted_ = clock::now() - begun_;
  told_ = writers_->finish();
  writers_.reset();
  runtime_.reset();
  audit books;
  {
    observer on{audited};
    // What is in doubt may still be at work.
    const auto ours = [&] {
      return on.count("SELECT count(*) FROM pg_stat_activity WHERE application_name LIKE $1 || "
                      "'/%'",
                      {service_});
    };
    if (!eventually([&] { return ours() == 0; }, 10s))
      with_.on.holds(false, "sessions left", grouped(std::uint64_t(ours())), "in pg_stat_activity");
    books = audit_ledger(on, told_.log, told_.transfers);
  }
  show_answers(books);
  show_times();
  show_rest();
}

void trial::show_answers(const audit& books) {
  verdict sum = books.log;
  sum += books.transfers;
  stage& on = with_.on;
  on.holds(sum.lost == 0 && sum.doubled == 0 && sum.strangers == 0, "acknowledged writes",
           grouped(sum.acknowledged),
           fmt::format("{}/s; {} of them missing on the server, {} writes there twice, {} unasked",
                       grouped(std::uint64_t(double(sum.acknowledged) /
                                             std::chrono::duration<double>(lasted_).count())),
                       sum.lost, sum.doubled, sum.strangers));
  on.holds(sum.undead == 0, "refused for certain", grouped(sum.refused),
           fmt::format("{} of them took effect", sum.undead));
  on.holds(books.uneven == 0, "outcome unknown", grouped(sum.unknown),
           fmt::format("{} of them took effect, {} did not; none by half ({} uneven accounts)",
                       grouped(sum.unknown_stored), grouped(sum.unknown - sum.unknown_stored),
                       books.uneven));
  on.holds(books.total == ledger::total && told_.wrong_sums == 0, "sum of all accounts",
           grouped(std::uint64_t(books.total)),
           fmt::format("as in the beginning, and {} of {} reads on the way saw another",
                       told_.wrong_sums, grouped(told_.reads)));
  std::uint64_t failed = 0;
  for (const auto& [name, times] : told_.failures)
    failed += times;
  on.shows("errors, reads included", grouped(failed), kinds(told_));
  if (std::getenv("FREEHOLD_CHAOS_EXAMPLES") != nullptr) {
    for (const auto& [name, text] : told_.examples)
      on.shows("  for example", "", text);
  }
}

void trial::show_times() {
  constexpr auto tolerance = 100ms;
  with_.on.holds(told_.worst_overshoot <= tolerance + told_.machine_lateness, "latest answer",
                 shown(told_.worst_overshoot),
                 fmt::format("from its deadline ({}); at most 100 ms and this machine's own "
                             "lateness, {}",
                             told_.worst_code, shown(told_.machine_lateness)));
  with_.on.holds(told_.unanswered == 0 && told_.twice == 0, "answered exactly once",
                 grouped(told_.requests),
                 fmt::format("{} without an answer, {} with two; {} tried again unseen",
                             told_.unanswered, told_.twice, grouped(last_.retries_total)));
}

void trial::show_rest() {
  const auto clean = [this] {
    const process_counts now = process_counts::now();
    return now.threads <= before_.threads && now.descriptors <= before_.descriptors;
  };
  const bool none = eventually(clean, 10s);
  const process_counts now = process_counts::now();
  with_.on.holds(none, "threads, descriptors",
                 fmt::format("{:+}, {:+}", now.threads - before_.threads,
                             now.descriptors - before_.descriptors),
                 "left, compared with before the runtime was made");
}

} // namespace chaos
