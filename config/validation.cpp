#include "config/validation.hpp"

#include "config/libpq_parameter.hpp"
#include "config/listen_address.hpp"
#include "config/name.hpp"
#include "config/nearest.hpp"
#include "config/option_table.hpp"
#include "config/option_value.hpp"

#include <algorithm>
#include <array>
#include <fmt/format.h>
#include <set>

namespace freehold::configuration {
namespace {

/// One option that must not exceed another.
struct ordering {
  std::string_view lesser;
  std::string_view greater;
  bool may_be_equal = true;
  bool zero_is_never = false; ///< 0 on either side lifts the rule
};

constexpr std::array<ordering, 7> orderings{{
    {"pool.min_connections", "pool.max_connections"},
    {"connect.backoff_first", "connect.backoff_cap"},
    {"connect.backoff_base", "connect.backoff_cap"},
    {"lease.warn_after", "lease.reclaim_after", true, true},
    {"liveness.ping_timeout", "liveness.ping_interval", false},
    {"breaker.open_first", "breaker.open_cap"},
    {"retry.backoff_base", "retry.backoff_cap"},
}};

class checker {
public:
  checker(const provenance& origins, problem_list& problems)
      : origins_{origins}, problems_{problems} {}

  void check_ranges(const std::vector<option_group>& groups, const_option_owner owner,
                    const std::string& prefix) {
    for (const option_group& group : groups)
      for (const option& entry : group.options) {
        const std::string key = prefix + option_key(group, entry);
        const option_value value = entry.member.read(owner);
        if (const std::optional<std::string> wrong = judge(entry, value))
          report(key, format_value(entry, value), *wrong);
      }
  }

  void check_database(const database_options& database) {
    const std::string prefix = "database." + database.name + ".";
    if (!is_name(database.name))
      report("database." + database.name, database.name,
             "expects " + name_expectation("a database"));
    if (!names_.insert(database.name).second)
      report("database." + database.name, database.name, "the name is given twice");
    check_ranges(database_groups(), &database, prefix);
    for (const ordering& rule : orderings)
      check_ordering(rule, database, prefix);
    check_target(database.target, prefix);
  }

  /// What anybody on the network can reach is not open to all of them.
  void check_admin(const admin_options& admin) {
    const std::optional<listen_address> where = parse_listen_address(admin.listen);
    if (where && !where->is_loopback() && admin.token.empty())
      report("runtime.admin.listen", admin.listen,
             fmt::format("\"{}\" can be reached from other machines: set runtime.admin.token, or "
                         "listen on a loopback address (127.0.0.1, [::1], localhost)",
                         where->host));
  }

  /// `parent` is "" or a child's path that ends with a dot.
  void check_children(const std::vector<child_options>& children, const std::string& parent) {
    std::set<std::string> siblings = parent.empty() ? names_ : std::set<std::string>{};
    for (const child_options& child : children) {
      const std::string path = parent + "child." + child.name;
      if (!is_name(child.name))
        report(path, child.name, "expects " + name_expectation("a child"));
      if (!siblings.insert(child.name).second)
        report(path, child.name, "the name is given twice, to a sibling or to a database");
      check_child(child, path + ".");
      check_children(child.children, path + ".");
    }
  }

  void report(const std::string& key, const std::string& value, const std::string& message) {
    place where = origins_.of(key);
    if (where.value.empty())
      where.value = value;
    problems_.add(where, message);
  }

private:
  void check_child(const child_options& child, const std::string& prefix) {
    for (const option& entry : find_group(child_groups(), "")->options) {
      const option_value value = entry.member.read(&child);
      const std::optional<std::string> wrong = judge(entry, value);
      if (wrong && value != option_value{std::string{}})
        report(prefix + std::string{entry.key}, format_value(entry, value), *wrong);
    }
    if (origins_.is_faulty(prefix + "actor"))
      return;
    if (child.actor.empty() && child.children.empty())
      report(prefix.substr(0, prefix.size() - 1), "",
             "expects actor = \"…\", the name of a registered factory, or children of its own, "
             "[" +
                 prefix + "child.NAME]");
    if (!child.actor.empty() && !child.children.empty())
      report(prefix + "actor", child.actor,
             "a child either runs an actor or has children; give the actor a section of its own, "
             "[" +
                 prefix + "child.NAME]");
    else
      check_belonging(prefix, child.actor.empty());
  }

  /// What is written for an actor must not be a supervisor's, nor the reverse.
  void check_belonging(const std::string& prefix, bool is_supervisor) {
    if (is_supervisor && origins_.knows(prefix + "shutdown"))
      report(prefix + "shutdown", "",
             "is for actors; a supervisor takes as long as its children, so give it to them");
    for (const char* key : {"strategy", "restarts", "period"})
      if (!is_supervisor && origins_.knows(prefix + key))
        report(prefix + key, "",
               "is for supervisors, and this child runs an actor (actor); give it to a "
               "supervisor around it");
  }

  void check_ordering(const ordering& rule, const database_options& database,
                      const std::string& prefix) {
    const std::string lesser_key = prefix + std::string{rule.lesser};
    const std::string greater_key = prefix + std::string{rule.greater};
    if (origins_.is_faulty(lesser_key) || origins_.is_faulty(greater_key))
      return;
    const option& lesser = *find_option(database_groups(), rule.lesser);
    const option& greater = *find_option(database_groups(), rule.greater);
    const option_value low = lesser.member.read(&database);
    const option_value high = greater.member.read(&database);
    const option_value zero{std::chrono::milliseconds{0}};
    if (rule.zero_is_never && (low == zero || high == zero))
      return;
    if (rule.may_be_equal ? low <= high : low < high)
      return;
    // The one that was written is the one to look at; a default is not at fault.
    const bool blame_greater = !origins_.knows(lesser_key) && origins_.knows(greater_key);
    const std::string text =
        fmt::format("{} ({}) must {} {} ({})", rule.lesser, format_value(lesser, low),
                    rule.may_be_equal ? "not be more than" : "be less than", rule.greater,
                    format_value(greater, high));
    report(blame_greater ? greater_key : lesser_key,
           blame_greater ? format_value(greater, high) : format_value(lesser, low), text);
  }

  void check_target(const connection_target& target, const std::string& prefix) {
    for (const auto& [keyword, value] : target.parameters) {
      const libpq_parameter* const parameter = find_libpq_parameter(keyword);
      if (!parameter)
        report(prefix + keyword, "***",
               "unknown connection parameter" + suggestion(keyword, libpq_keywords()));
      else if (is_secret(*parameter))
        report(prefix + keyword, "***", "a secret does not belong among the parameters");
      else if (const std::optional<std::string> wrong = judge(*parameter, value))
        report(prefix + keyword, value, *wrong + ", got " + in_quotes(value));
    }
    check_lists(target, prefix);
  }

  /// libpq wants one port for all hosts or one for each, and an address each.
  void check_lists(const connection_target& target, const std::string& prefix) {
    const std::size_t hosts = std::max(length(target, "host"), std::size_t{1});
    const std::size_t addresses = length(target, "hostaddr");
    const std::size_t servers = target.parameters.contains("host") ? hosts : addresses;
    const std::size_t ports = length(target, "port");
    if (addresses > 0 && target.parameters.contains("host") && addresses != hosts)
      report(prefix + "hostaddr", target.parameters.at("hostaddr"),
             fmt::format("expects an address for each of the {} hosts, got {}", hosts, addresses));
    if (ports > 1 && ports != servers)
      report(prefix + "port", target.parameters.at("port"),
             fmt::format("expects one port, or one for each host ({}), got {}", servers, ports));
  }

  static std::size_t length(const connection_target& target, const std::string& keyword) {
    const auto found = target.parameters.find(keyword);
    if (found == target.parameters.end())
      return 0;
    const std::string& list = found->second;
    return static_cast<std::size_t>(std::count(list.begin(), list.end(), ',')) + 1;
  }

  const provenance& origins_;
  problem_list& problems_;
  std::set<std::string> names_;
};

} // namespace

void check(const config& value, const provenance& origins, problem_list& problems) {
  checker judge_of{origins, problems};
  judge_of.check_ranges(runtime_groups(), &value.runtime, "runtime.");
  judge_of.check_admin(value.runtime.admin);
  if (value.databases.empty())
    judge_of.report("database", "",
                    "no database is given; at least one section "
                    "[database.NAME] is needed");
  for (const database_options& database : value.databases)
    judge_of.check_database(database);
  judge_of.check_children(value.children, "");
}

} // namespace freehold::configuration

namespace freehold {

std::vector<config_problem> validate(const config& value) {
  configuration::problem_list problems;
  configuration::check(value, configuration::provenance{"code"}, problems);
  return problems.sorted();
}

} // namespace freehold
