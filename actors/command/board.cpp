#include "actors/command/board.hpp"

#include "actors/command/board_line.hpp"

#include <algorithm>
#include <array>
#include <fmt/format.h>
#include <utility>
#include <vector>

namespace freehold::command {
namespace {

using nlohmann::json;

const json nothing;

class writer {
public:
  writer(const json& now, const json& before, std::size_t width, const palette& paint)
      : now_{now}, before_{before}, width_{width}, paint_{paint} {}

  std::string made() {
    header();
    if (const json& all = at(now_, "/databases"); all.is_array())
      for (const json& each : all)
        database(each);
    if (const json& tree = at(now_, "/tree"); tree.is_object()) {
      out_ += line{paint_, width_}.add("tree", ink::bold).take();
      branch(tree, 1);
    }
    return std::move(out_);
  }

private:
  [[nodiscard]] line labelled(std::string_view label) const {
    line made{paint_, width_};
    made.add(fmt::format("  {:<9}", label), ink::dim);
    return made;
  }

  void header() {
    line made{paint_, width_};
    made.add(text(now_, "/service"), ink::bold)
        .add(fmt::format(" {}  pid {} on {}  up {}  {}  ", text(now_, "/version"),
                         number(now_, "/pid"), text(now_, "/host"),
                         duration(number(now_, "/uptime_ms")), text(now_, "/profile")));
    if (flag(now_, "/ready"))
      made.add("ready", ink::green);
    else
      made.add("not ready: " + text(now_, "/not_ready_because"), ink::red);
    out_ += made.take();
    if (const std::string why = text(now_, "/failure"); !why.empty())
      out_ += line{paint_, width_}.add("failed: " + why, ink::red).take();
  }

  void database(const json& one) {
    line made{paint_, width_};
    made.add(text(one, "/name"), ink::bold);
    if (at(one, "/server").is_object())
      made.add(fmt::format("  PostgreSQL {}{}, {} statements{}", text(one, "/server/version"),
                           flag(one, "/server/pooler") ? " behind a pooler" : "",
                           text(one, "/server/statement_mode"),
                           flag(one, "/server/standby") ? ", standby" : ""));
    out_ += '\n' + made.take();
    pool(one);
    queue(one);
    circuit(one);
    rates(one);
    latency(one);
    holders(one);
    statements(one);
    if (const std::string why = text(one, "/last_connect_error"); !why.empty())
      out_ += labelled("connect").add(why, ink::red).take();
  }

  void pool(const json& one) {
    struct part {
      const char* name;
      const char* pointer;
      char mark;
      ink how;
    };
    static constexpr std::array parts{
        part{"busy", "/pool/busy", '#', ink::green},
        part{"exclusive", "/pool/exclusive", 'X', ink::yellow},
        part{"leased", "/pool/leased", 'L', ink::yellow},
        part{"idle", "/pool/idle", '-', ink::dim},
        part{"connecting", "/pool/connecting", 'c', ink::cyan},
        part{"draining", "/pool/draining", 'd', ink::dim},
    };
    constexpr double widest = 40;
    const double most = std::max({number(one, "/pool/max"), number(one, "/pool/total"), 1.0});
    const double scale = std::min(1.0, widest / most);
    line made = labelled("pool");
    made.add("[");
    const auto cells = static_cast<std::size_t>(most * scale);
    std::size_t drawn = 0;
    double sum = 0;
    std::string words;
    for (const part& each : parts) {
      const double n = number(one, each.pointer);
      sum += n;
      const auto until = std::min(cells, static_cast<std::size_t>(sum * scale + 0.5));
      made.add(std::string(until - drawn, each.mark), each.how);
      drawn = until;
      if (n > 0)
        words += fmt::format(" {} {}", n, each.name);
    }
    made.add(std::string(cells - drawn, ' ') + "]")
        .add(fmt::format(" {} of {}{}{}", number(one, "/pool/total"), number(one, "/pool/max"),
                         words.empty() ? "" : ":", words));
    out_ += made.take();
  }

  void queue(const json& one) {
    const double waiting = number(one, "/queue/waiting");
    out_ += labelled("queue")
                .add(fmt::format("{} of {} waiting", waiting, number(one, "/queue/length")),
                     waiting > 0 ? ink::yellow : ink::plain)
                .add(waiting > 0 ? fmt::format(", longest {}",
                                               duration(number(one, "/queue/longest_wait_ms")))
                                 : "")
                .take();
  }

  void circuit(const json& one) {
    const std::string state = text(one, "/circuit/state");
    line made = labelled("circuit");
    made.add(state, state == "closed" ? ink::green
                    : state == "open" ? ink::red
                                      : ink::yellow)
        .add(fmt::format(
            " for {}, opened {} times, refused {}", duration(number(one, "/circuit/in_state_ms")),
            number(one, "/circuit/opened_total"), number(one, "/circuit/refused_total")));
    if (const std::string forced = text(one, "/circuit/forced");
        !forced.empty() && forced != "automatic")
      made.add(", forced " + forced, ink::yellow);
    if (state == "open")
      made.add(fmt::format(", next trial in {}", duration(number(one, "/circuit/retry_after_ms"))));
    if (const std::string cause = text(one, "/circuit/cause"); !cause.empty())
      made.add(": " + cause);
    out_ += made.take();
  }

  // The same database in the earlier snapshot, unless the process is another one.
  [[nodiscard]] const json& earlier(const json& one) const {
    if (text(before_, "/started") != text(now_, "/started"))
      return nothing;
    if (const json& all = at(before_, "/databases"); all.is_array())
      for (const json& each : all)
        if (text(each, "/name") == text(one, "/name"))
          return each;
    return nothing;
  }

  void rates(const json& one) {
    static constexpr std::array<std::pair<const char*, const char*>, 7> totals{{
        {"requests", "/totals/requests"},
        {"answered", "/totals/answered"},
        {"failed", "/totals/failed"},
        {"refused", "/totals/refused"},
        {"shed", "/totals/shed"},
        {"retries", "/totals/retries"},
        {"sessions lost", "/totals/sessions_lost"},
    }};
    const json& past = earlier(one);
    const double seconds = (number(now_, "/uptime_ms") - number(before_, "/uptime_ms")) / 1'000;
    const bool known = past.is_object() && seconds > 0;
    line made = labelled(known ? "a second" : "total");
    const char* separator = "";
    for (const auto& [name, pointer] : totals) {
      const double total = number(one, pointer);
      const double shown = known ? std::max(0.0, (total - number(past, pointer)) / seconds) : total;
      const bool bad = shown > 0 && name != totals[0].first && name != totals[1].first;
      made.add(fmt::format("{}{:.{}f} {}", separator, shown, known ? 1 : 0, name),
               bad ? ink::yellow : ink::plain);
      separator = "  ";
    }
    out_ += made.take();
  }

  void latency(const json& one) {
    line made = labelled("latency");
    const char* separator = "";
    for (const char* each : {"acquire", "execute", "connect"}) {
      const json& h = at(one, (std::string{"/latency/"} + each).c_str());
      if (number(h, "/count") == 0)
        continue;
      made.add(fmt::format("{}{} p50 {:.2f} p99 {:.2f} ms", separator, each,
                           1'000 * number(h, "/p50"), 1'000 * number(h, "/p99")));
      separator = ", ";
    }
    if (*separator != '\0')
      out_ += made.take();
  }

  void holders(const json& one) {
    if (const json& all = at(one, "/holders"); all.is_array())
      for (const json& each : all)
        out_ += labelled("holder")
                    .add(fmt::format("connection {}: {} {} for {}", number(each, "/connection"),
                                     text(each, "/what"), text(each, "/query_id"),
                                     duration(number(each, "/age_ms"))))
                    .take();
  }

  void statements(const json& one) {
    constexpr std::size_t most_shown = 8;
    const json& all = at(one, "/statements");
    if (!all.is_array() || all.empty())
      return;
    out_ += labelled("")
                .add(fmt::format("{:<32} {:>10} {:>8} {:>10} {:>10}", "statement", "count",
                                 "failed", "mean ms", "p99 ms"),
                     ink::dim)
                .take();
    for (std::size_t i = 0; i < std::min(all.size(), most_shown); ++i)
      out_ += labelled("")
                  .add(fmt::format("{:<32} {:>10} {:>8} {:>10.2f} {:>10.2f}",
                                   std::string{beginning(text(all[i], "/name"), 32)},
                                   number(all[i], "/count"), number(all[i], "/failed"),
                                   number(all[i], "/mean_ms"), number(all[i], "/p99_ms")))
                  .take();
  }

  void branch(const json& one, std::size_t depth) {
    constexpr std::size_t deepest = 16; // a tree is configured, not grown
    const std::string state = text(one, "/state");
    line made{paint_, width_};
    made.add(std::string(2 * depth, ' ') + text(one, "/name"))
        .add(fmt::format(" ({}) ", text(one, "/kind")), ink::dim)
        .add(state, state == "running" ? ink::green : ink::yellow);
    if (const double restarts = number(one, "/restarts_total"); restarts > 0)
      made.add(fmt::format(", {} restarts, last: {}", restarts, text(one, "/last_reason")),
               ink::yellow);
    out_ += made.take();
    const json& children = at(one, "/children");
    if (children.is_array() && depth < deepest)
      for (const json& each : children)
        branch(each, depth + 1);
  }

  const json& now_;
  const json& before_;
  std::size_t width_;
  const palette& paint_;
  std::string out_;
};

} // namespace

std::string board(const json& now, const json& before, std::size_t width, const palette& paint) {
  return writer{now, before, width, paint}.made();
}

} // namespace freehold::command
