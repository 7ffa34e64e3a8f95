// The server refuses single statements: they took too long, or there is no room
// for what they write. That is no reason to give a connection up.

#include "tests/chaos/scenarios.hpp"

#include <filesystem>

#include <unistd.h>

namespace chaos {
namespace {

/// A file system of a few megabytes for a table of the server; needs root.
class small_disk {
public:
  small_disk() : folder_{cluster::folder() + "/disk"} {
    std::filesystem::create_directories(folder_);
    mounted_ = geteuid() == 0 &&
               shell("mount -t tmpfs -o size=4m none '" + folder_ + "' && " +
                     "chown --reference='" + cluster::folder() + "/server' '" + folder_ + "'");
    if (mounted_)
      admin_.run("CREATE TABLESPACE chaos_disk LOCATION '" + folder_ + "'");
    if (mounted_)
      admin_.run("GRANT CREATE ON TABLESPACE chaos_disk TO freehold");
    observer owner{cluster::url()};
    owner.run(mounted_ ? "CREATE TABLE chaos_full (what text) TABLESPACE chaos_disk"
                       : "CREATE TABLE chaos_full (what text);"
                         "CREATE FUNCTION chaos_no_room() RETURNS trigger LANGUAGE plpgsql AS "
                         "$$ BEGIN RAISE 'no space left on device' USING ERRCODE = '53100'; END $$;"
                         "CREATE TRIGGER no_room BEFORE INSERT ON chaos_full "
                         "FOR EACH STATEMENT EXECUTE FUNCTION chaos_no_room()");
  }
  small_disk(const small_disk&) = delete;
  small_disk& operator=(const small_disk&) = delete;
  ~small_disk() {
    try {
      admin_.run("SET client_min_messages = warning;"
                 "DROP TABLE chaos_full; DROP FUNCTION IF EXISTS chaos_no_room");
      if (mounted_)
        admin_.run("DROP TABLESPACE chaos_disk");
    } catch (const std::exception& why) { // the server is gone, and the sandbox goes with it
      fmt::print(stderr, "{}\n", why.what());
    }
    if (mounted_ && !shell("umount '" + folder_ + "'"))
      fmt::print(stderr, "still mounted: {}\n", folder_);
  }
  [[nodiscard]] bool real() const noexcept { return mounted_; }
  void enlarge() const {
    if (!shell("mount -o remount,size=16m '" + folder_ + "'"))
      throw std::runtime_error{"the disk does not grow"};
  }

private:
  std::string folder_;
  bool mounted_ = false;
  observer admin_{cluster::admin_url()};
};

/// Why it failed; a success is an error without a code.
template <class T>
fh::error refusal(fh::future<T> answer) {
  try {
    static_cast<void>(answer.get());
    return {};
  } catch (const fh::failure& why) {
    return why.why();
  }
}

std::int64_t backend(const fh::database& db) {
  return db.execute(fh::statement{"backend", "SELECT pg_backend_pid()::bigint", fh::read_only})
      .get()
      .scalar<std::int64_t>();
}

class refusal_check {
public:
  refusal_check(stage& on, const fh::database& db) : on_{on}, db_{db}, before_{backend(db)} {}

  void operator()(std::string_view label, const fh::error& why, std::string_view sqlstate,
                  std::string_view remark) {
    const bool kept = backend(db_) == before_ && db_.snapshot().connects_total == 1;
    on_.holds(why.sqlstate == sqlstate && why.fate == fh::fate::rolled_back && kept, label,
              why.sqlstate.empty() ? "none" : why.sqlstate,
              fmt::format("{}: {}; the connection {}", remark, to_string(why.code),
                          kept ? "was kept" : "was lost"));
  }

private:
  stage& on_;
  const fh::database& db_;
  std::int64_t before_;
};

} // namespace

void refusals(const setting& with) {
  with.on.scenario("refusals", "The server has no time or no room for a statement");
  const small_disk disk;
  observer admin{cluster::admin_url()};
  admin.run("ALTER ROLE freehold SET temp_file_limit = '1MB'");
  {
    const fh::runtime on{chaos_config(cluster::url(), "refusals", fh::base_profile::development, 1),
                         chaos_embedding()};
    const fh::database db = on.database("primary");
    refusal_check check{with.on, db};
    const auto asked = clock::now();
    const fh::error late = refusal(db.transact([](fh::transaction& tx) {
      static_cast<void>(tx.execute(fh::statement{"limit", "SET LOCAL statement_timeout = '80ms'"}));
      static_cast<void>(tx.execute(fh::statement{"sleep", "SELECT pg_sleep(10)"}));
    }));
    check("statement_timeout", late, "57014", "after " + shown(clock::now() - asked));
    const fh::statement sort{"sort",
                             "SELECT count(*) FROM (SELECT repeat('x', 100) || n AS long "
                             "FROM generate_series(1, 500000) AS n ORDER BY 1) AS sorted",
                             fh::read_only};
    check("temp_file_limit", refusal(db.execute(sort)), "53400", "a sort of 60 MB");
    const fh::statement fill{"fill", "INSERT INTO chaos_full SELECT repeat('x', 1000) "
                                     "FROM generate_series(1, $1::int)"};
    check("disk full", refusal(db.execute(fill, 20'000)), "53100",
          disk.real() ? "a disk of 4 MB" : "raised by a trigger, as a disk needs root");
    if (disk.real()) {
      disk.enlarge();
      const bool fits = db.execute(fill, 100).get().affected_rows() == 100;
      with.on.holds(fits, "and it recovers", fits ? "100" : "0",
                    "rows are written once there is room");
    }
  }
  admin.run("ALTER ROLE freehold RESET temp_file_limit");
}

} // namespace chaos
