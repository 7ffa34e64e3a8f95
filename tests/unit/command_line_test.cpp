#include "tests/support/catch.hpp"
#include "tests/unit/command_support.hpp"

#include <CLI/CLI.hpp>
#include <nlohmann/json.hpp>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <functional>

#include <unistd.h>

using namespace freehold;
using freehold::testing::command_run;
using freehold::testing::holds;
using freehold::testing::run_command;
using nlohmann::json;

namespace {

/// A file of this process's own, removed with it.
class scratch_file {
public:
  explicit scratch_file(const std::string& text)
      : path_{std::filesystem::temp_directory_path() /
              ("freehold-command-" + std::to_string(getpid()) + ".toml")} {
    std::ofstream{path_} << text;
  }
  scratch_file(const scratch_file&) = delete;
  scratch_file& operator=(const scratch_file&) = delete;
  ~scratch_file() {
    std::error_code gone_already;
    std::filesystem::remove(path_, gone_already);
  }
  [[nodiscard]] std::string path() const { return path_.string(); }

private:
  std::filesystem::path path_;
};

constexpr auto sound = "[database.primary]\n"
                       "url = \"postgresql://app:hunter2@db.example.com/homes?sslmode=require\"\n"
                       "[database.reports]\n"
                       "url = \"postgresql://app:hunter2@replica/homes\"\n"
                       "[database.reports.pool]\n"
                       "max_connections = 3\n";
constexpr auto faulty = "[database.primary]\n"
                        "url = \"postgresql://app:hunter2@db/homes\"\n"
                        "[database.primary.pool]\n"
                        "max_conections = 3\n"
                        "queue_length = -1\n";

// Every subcommand and each of its options and those of the program.
void each_word(const std::function<void(const std::string&)>& see) {
  std::ostringstream nowhere;
  const command::console to{nowhere, nowhere, process_environment(), false};
  const command::program described{to, command::real_tools()};
  const auto options = [&](const CLI::App& of) {
    for (const CLI::Option* each : of.get_options()) {
      for (const std::string& name : each->get_lnames())
        see("--" + name);
      for (const std::string& name : each->get_snames())
        see("-" + name);
    }
  };
  options(described.app());
  for (const CLI::App* each : described.app().get_subcommands({})) {
    see(each->get_name());
    options(*each);
  }
}

std::string contents(const std::string& path) {
  std::ifstream file{path};
  REQUIRE(file);
  return {std::istreambuf_iterator<char>{file}, {}};
}

} // namespace

TEST_CASE("check tells a sound configuration's databases and budget, without secrets") {
  const scratch_file file{sound};
  const command_run run = run_command({"check", file.path()});
  CHECK(run.status == 0);
  CHECK(holds(run.out, "profile production"));
  CHECK(holds(run.out, "app@db.example.com:5432/homes, sslmode require"));
  CHECK(holds(run.out, "connection budget of one process: 13"));
  CHECK_FALSE(holds(run.out, "hunter2"));
  const json told = json::parse(run_command({"check", file.path(), "--json"}).out);
  CHECK(told["sound"] == true);
  CHECK(told["connection_budget"] == 13);
  CHECK(told["databases"].size() == 2);
  CHECK_FALSE(holds(told.dump(), "hunter2"));
}

TEST_CASE("check tells every problem with its place") {
  const scratch_file file{faulty};
  const command_run run = run_command({"check", file.path()});
  CHECK(run.status == 1);
  CHECK(holds(run.out, file.path() + ":4:1: "));
  CHECK(holds(run.out, file.path() + ":5:"));
  CHECK(holds(run.out, "max_connections"));
  CHECK(holds(run.out, "2 problems"));
  const json told = json::parse(run_command({"check", file.path(), "--json"}).out);
  CHECK(told["sound"] == false);
  CHECK(told["problems"].size() == 2);
  CHECK(told["problems"][0]["line"] == 4);
  CHECK(run_command({"check", "/nowhere/freehold.toml"}).status == 1);
  CHECK(run_command({"check", file.path(), "--profile", "developmnt"}).status == 1);
}

TEST_CASE("doctor tells what hinders each database that is asked for") {
  const scratch_file file{sound};
  const command_run both = run_command({"doctor", file.path()});
  CHECK(both.status == 1);
  CHECK(holds(both.out, "primary: app@db.example.com:5432/homes"));
  CHECK(holds(both.out, "problem  Nobody listens there"));
  CHECK(holds(both.out, "2 problems, 0 warnings, 0 notes"));
  CHECK_FALSE(holds(both.out + both.err, "hunter2"));
  const json one =
      json::parse(run_command({"doctor", file.path(), "--database", "reports", "--json"}).out);
  REQUIRE(one["databases"].size() == 1);
  CHECK(one["databases"][0]["name"] == "reports");
  CHECK(one["databases"][0]["findings"][0]["severity"] == "problem");
  CHECK(run_command({"doctor", file.path(), "--database", "repots"}).status == 2);
  CHECK(run_command({"doctor", "postgresql://a:hunter2@b:x/c"}).status == 2);
  CHECK(run_command({"doctor", "postgresql://a@b/c", "--profile", "staging"}).status == 2);
  CHECK(run_command({"doctor", file.path(), "--timeout", "0"}).status == 2);
}

TEST_CASE("wrong usage is status 2, and help comes with examples everywhere") {
  CHECK(run_command({}).status == 2);
  CHECK(run_command({"chekc"}).status == 2);
  CHECK(run_command({"check"}).status == 2);
  CHECK(run_command({"check", "x", "--jsn"}).status == 2);
  CHECK(run_command({"check", "x", "--color", "red"}).status == 2);
  CHECK(run_command({"explain", "nonsense"}).status == 2);
  CHECK(run_command({"completion", "fish"}).status == 2);
  for (const std::vector<std::string>& words :
       std::vector<std::vector<std::string>>{{"--help"},
                                             {"check", "--help"},
                                             {"doctor", "--help"},
                                             {"explain", "--help"},
                                             {"top", "--help"},
                                             {"completion", "--help"}}) {
    const command_run run = run_command(words);
    INFO(words.front());
    CHECK(run.status == 0);
    CHECK(holds(run.out, "Examples:"));
  }
  CHECK(run_command({"--version"}).out.starts_with("freehold 0."));
}

TEST_CASE("colours are for terminals, unless they are asked for or forbidden") {
  const std::map<std::string, std::string> xterm{{"TERM", "xterm"}};
  const auto colored = [](const command_run& run) { return holds(run.out, "\x1b["); };
  const std::vector<std::string> plain{"explain", "40001"};
  CHECK(colored(run_command(plain, xterm, true)));
  CHECK_FALSE(colored(run_command(plain, xterm, false)));
  CHECK_FALSE(colored(run_command(plain, {{"TERM", "xterm"}, {"NO_COLOR", "1"}}, true)));
  CHECK_FALSE(colored(run_command(plain, {{"TERM", "dumb"}}, true)));
  CHECK(colored(run_command({"explain", "40001", "--color", "always"})));
  CHECK_FALSE(colored(run_command({"explain", "40001", "--color", "never"}, xterm, true)));
}

TEST_CASE("completion and the manual know every subcommand and option") {
  const std::string bash = run_command({"completion", "bash"}).out;
  const std::string zsh = run_command({"completion", "zsh"}).out;
  std::string manual = contents(FREEHOLD_SOURCE_DIR "/docs/freehold.1");
  for (std::size_t at = 0; (at = manual.find("\\-", at)) != std::string::npos;)
    manual.erase(at, 1);
  std::size_t seen = 0;
  each_word([&](const std::string& word) {
    ++seen;
    INFO(word);
    CHECK(holds(bash, word));
    CHECK(holds(zsh, word));
    CHECK(holds(manual, word));
  });
  CHECK(seen > 20);
  CHECK(holds(bash, "auto always never"));
  CHECK(holds(zsh, "(bash zsh)"));
}

TEST_CASE("nothing that was read can steer a terminal, and long text is broken at spaces") {
  CHECK(command::harmless("a\x1b[31mb\nc\x7f") == "a [31mb c ");
  CHECK(command::wrapped("one two  three", 2, 9) == "  one two\n  three");
  CHECK(command::wrapped("", 4).empty());
}
