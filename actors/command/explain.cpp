#include "actors/command/commands.hpp"
#include "actors/command/explanation.hpp"
#include "config/nearest.hpp"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <cctype>
#include <ostream>

namespace freehold::command {
namespace {

std::string in_case(const std::string& text, int (*fold)(int)) {
  std::string folded = text;
  std::transform(folded.begin(), folded.end(), folded.begin(),
                 [fold](char c) { return static_cast<char>(fold(static_cast<unsigned char>(c))); });
  return folded;
}

bool looks_like_sqlstate(const std::string& code) {
  return code.size() == 5 && std::all_of(code.begin(), code.end(), [](char c) {
           return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z');
         });
}

std::optional<explanation> find(const std::string& code) {
  if (const std::optional<errc> own = code_named(in_case(code, std::tolower)))
    return explain(*own);
  const std::string upper = in_case(code, std::toupper);
  return looks_like_sqlstate(upper) ? explain_sqlstate(upper) : std::nullopt;
}

void print(const explanation& what, const palette& paint, std::ostream& out) {
  const auto part = [&](const char* label, const std::string& text) {
    out << paint(ink::dim, fmt::format("{:<11}", label)) << wrapped(text, 11).substr(11) << '\n';
  };
  out << paint(ink::bold, what.code) << "  " << what.title << '\n';
  part("means", what.meaning);
  part("runtime", what.does);
  part("applied", what.applied);
  part("turn", what.advice);
}

} // namespace

int explain(const std::string& code, const manner& how, const console& to) {
  const std::optional<explanation> found = find(code);
  if (!found) {
    const std::vector<std::string> known = known_codes();
    to.err << "freehold explain: " << harmless(code)
           << " is neither an SQLSTATE nor a code of Freehold"
           << configuration::suggestion(looks_like_sqlstate(in_case(code, std::toupper))
                                            ? in_case(code, std::toupper)
                                            : in_case(code, std::tolower),
                                        known)
           << '\n';
    return exit_status::usage;
  }
  if (how.json)
    to.out << nlohmann::json{{"code", found->code},       {"title", found->title},
                             {"means", found->meaning},   {"runtime", found->does},
                             {"applied", found->applied}, {"turn", found->advice}}
                  .dump(2)
           << '\n';
  else
    print(*found, palette{wants_color(how.color, to.terminal, to.env)}, to.out);
  return exit_status::sound;
}

} // namespace freehold::command
