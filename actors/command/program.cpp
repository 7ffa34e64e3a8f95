#include "actors/command/program.hpp"

#include <CLI/CLI.hpp>

#include <algorithm>
#include <map>
#include <ostream>

namespace freehold::command {
namespace {

const std::map<std::string, colors> color_names{
    {"auto", colors::automatic}, {"always", colors::always}, {"never", colors::never}};

constexpr auto description =
    "Looks after programs that reach PostgreSQL through Freehold, and after their databases";
constexpr auto overview = "Examples:\n"
                          "  freehold check freehold.toml\n"
                          "  freehold doctor postgresql://user@host/database\n"
                          "  freehold explain 40001\n"
                          "  freehold top http://127.0.0.1:9187\n\n"
                          "Status: 0 all is well, 1 there is a problem, 2 wrong usage.\n"
                          "freehold COMMAND --help tells more of each.";

} // namespace

program::program(const console& to, survey_tools with)
    : to_{to}, with_{std::move(with)}, app_{std::make_unique<CLI::App>(description, "freehold")} {
  app_->set_version_flag("--version", "freehold " FREEHOLD_VERSION);
  app_->require_subcommand(1);
  app_->footer(overview);
  add_check();
  add_doctor();
  add_explain();
  add_top();
  add_completion();
}

program::~program() = default;

CLI::App& program::add(const char* name, const char* what, const char* examples) {
  CLI::App* made = app_->add_subcommand(name, what);
  made->footer(std::string{"Examples:\n"} + examples);
  return *made;
}

void program::add_manner(CLI::App& to) {
  to.add_flag("--json", how_.json, "Print JSON");
  to.add_option_function<std::string>(
        "--color", [this](const std::string& word) { how_.color = color_names.at(word); },
        "Colours: auto means on a terminal, unless NO_COLOR is set")
      ->check(CLI::IsMember({"auto", "always", "never"}));
}

void program::add_check() {
  CLI::App& made = add("check", "Tells everything that is wrong with a configuration file",
                       "  freehold check freehold.toml\n"
                       "  freehold check freehold.toml --profile production --json");
  made.add_option("FILE", check_.file, "The configuration file")->required();
  made.add_option("--profile", check_.profile,
                  "In place of the file's own choice and FREEHOLD_PROFILE");
  add_manner(made);
  made.callback([this] { status_ = check(check_, how_, to_); });
}

void program::add_doctor() {
  CLI::App& made =
      add("doctor", "Connects to a database and tells what stands in the way, and what to do",
          "  freehold doctor freehold.toml\n"
          "  freehold doctor freehold.toml --database reports --profile production\n"
          "  freehold doctor postgresql://app@db.example.com/app?sslmode=verify-full\n"
          "  DATABASE_URL=... freehold doctor       the address stays out of the process list");
  made.add_option("TARGET", doctor_.target, "A URL, or a configuration file with its databases")
      ->required()
      ->envname("DATABASE_URL");
  made.add_option("--database", doctor_.database, "Only this one of the file's databases");
  made.add_option("--profile", doctor_.profile,
                  "In place of the file's own choice; of a URL: development or production");
  made.add_option_function<unsigned>(
          "--timeout", [this](unsigned seconds) { doctor_.limit = std::chrono::seconds{seconds}; },
          "Seconds for each database; 20 if not given")
      ->check(CLI::Range(1, 600));
  add_manner(made);
  made.callback([this] { status_ = doctor(doctor_, how_, to_, with_); });
}

void program::add_explain() {
  CLI::App& made = add("explain", "Tells what an error means and what the runtime does about it",
                       "  freehold explain 40001\n"
                       "  freehold explain outcome_unknown");
  made.add_option("CODE", code_, "An SQLSTATE, or a code of Freehold's own")->required();
  add_manner(made);
  made.callback([this] { status_ = explain(code_, how_, to_); });
}

void program::add_top() {
  CLI::App& made = add("top", "Shows a running service, live",
                       "  freehold top http://127.0.0.1:9187\n"
                       "  freehold top http://127.0.0.1:9187 --once\n"
                       "  FREEHOLD_ADMIN_TOKEN=... freehold top http://10.0.0.7:9187\n\n"
                       "q or Ctrl-C ends it.");
  made.add_option("URL", top_.url, "The address of the service's admin endpoint")->required();
  made.add_flag("--once", top_.once, "Print what is there now, and end");
  made.add_option("--token", top_.token, "The bearer token that the endpoint asks for")
      ->envname("FREEHOLD_ADMIN_TOKEN");
  add_manner(made);
  made.callback([this] { status_ = top(top_, how_, to_); });
}

void program::add_completion() {
  CLI::App& made = add("completion", "Prints a completion script for a shell",
                       "  source <(freehold completion bash)\n"
                       "  freehold completion zsh > \"${fpath[1]}/_freehold\"");
  made.add_option("SHELL", shell_, "bash or zsh")
      ->required()
      ->check(CLI::IsMember({"bash", "zsh"}));
  made.callback([this] { to_.out << completion(*app_, shell_); });
}

int program::run(const std::vector<std::string>& words) {
  // CLI11 takes them from the back.
  std::vector<std::string> reversed{words.rbegin(), words.rend()};
  try {
    app_->parse(reversed);
    return status_;
  } catch (const CLI::ParseError& why) {
    const int code = app_->exit(why, to_.out, to_.err);
    return code == 0 ? exit_status::sound : exit_status::usage;
  }
}

} // namespace freehold::command
