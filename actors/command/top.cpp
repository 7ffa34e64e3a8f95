#include "actors/command/admin_client.hpp"
#include "actors/command/board.hpp"
#include "actors/command/commands.hpp"
#include "actors/command/terminal.hpp"

#include <ostream>

namespace freehold::command {
namespace {

using nlohmann::json;

// As many lines as there is room for, each cleared to its end, and all below them.
std::string screenful(const std::string& text, std::size_t rows) {
  std::string made = "\x1b[H";
  std::size_t lines = 0;
  for (const char c : text) {
    if (c != '\n') {
      made += c;
      continue;
    }
    made += "\x1b[K";
    if (rows != 0 && ++lines + 1 >= rows)
      break;
    made += "\r\n";
  }
  return made + "\x1b[K\x1b[J";
}

std::string shown(const snapshot_answer& got, const json& before, const manner& how,
                  const palette& paint) {
  if (!got.snapshot)
    return paint(ink::red, got.problem) + "\n";
  if (how.json)
    return got.snapshot->dump(-1, ' ', false, json::error_handler_t::replace) + "\n";
  return board(*got.snapshot, before, terminal_extent().columns, paint);
}

int once(const top_order& what, const manner& how, const console& to, const palette& paint) {
  const snapshot_answer got = ask_snapshot(what.url, what.token);
  if (!got.snapshot) {
    to.err << "freehold top: " << got.problem << '\n';
    return exit_status::problem;
  }
  to.out << shown(got, {}, how, paint);
  return exit_status::sound;
}

} // namespace

int top(const top_order& what, const manner& how, const console& to) {
  const palette paint{wants_color(how.color, to.terminal, to.env)};
  if (what.once)
    return once(what, how, to, paint);
  const bool screen = to.terminal && !how.json;
  live_terminal terminal{screen};
  json before;
  do {
    snapshot_answer got = ask_snapshot(what.url, what.token);
    const std::string text = shown(got, before, how, paint);
    to.out << (screen ? screenful(text, terminal_extent().rows) : text) << std::flush;
    if (got.snapshot)
      before = *std::move(got.snapshot);
  } while (to.out && terminal.pause(what.interval));
  return exit_status::sound;
}

} // namespace freehold::command
