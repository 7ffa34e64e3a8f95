// The ways to a configuration: a file, its text, a URL.
#include "config/assembly.hpp"
#include "config/document.hpp"
#include "config/layer_reader.hpp"
#include "config/nearest.hpp"
#include "config/profile.hpp"
#include "config/validation.hpp"

#include <algorithm>
#include <cerrno>
#include <fstream>
#include <iterator>
#include <system_error>

namespace freehold {
namespace {

using namespace configuration;

[[noreturn]] void refuse_file(const std::filesystem::path& file, const std::string& cause) {
  throw config_error{{{file.string(), 0, 0, "", "", "cannot be read: " + cause}}};
}

std::string contents(const std::filesystem::path& file) {
  if (std::error_code ignored; std::filesystem::is_directory(file, ignored))
    refuse_file(file, "it is a directory");
  errno = 0;
  std::ifstream stream{file, std::ios::binary};
  if (!stream)
    refuse_file(file, std::generic_category().message(errno));
  std::string text{std::istreambuf_iterator<char>{stream}, std::istreambuf_iterator<char>{}};
  if (stream.bad())
    refuse_file(file, std::generic_category().message(errno));
  return text;
}

/// Profiles that are not in force are checked too, as far as that needs no
/// environment: a mistake should not wait for the day it is switched to.
void check_other_profiles(const profile_book& book, const std::vector<layer>& used,
                          problem_list& problems) {
  for (const std::string& name : book.names()) {
    const std::optional<profile_chain> chain = book.chain(name);
    if (!chain)
      continue;
    const layer& own = chain->layers.back();
    bool in_force = false;
    for (const layer& one : used)
      in_force = in_force || one.node == own.node;
    if (in_force)
      continue;
    draft unused;
    const declared_sections declared{chain->layers};
    layer_reader{own, declared, unused, problems}.read();
  }
}

profile_chain chosen_chain(const profile_book& book, const profile_choice& choice,
                           problem_list& problems) {
  if (std::optional<profile_chain> chain = book.chain(choice.name))
    return std::move(*chain);
  const std::vector<std::string> known = book.known_names();
  // A known name without a chain has a base that was reported already.
  if (std::find(known.begin(), known.end(), choice.name) == known.end())
    problems.add(choice.where,
                 "there is no profile " + in_quotes(choice.name) + suggestion(choice.name, known));
  return *book.chain("production");
}

} // namespace

config load_config(const std::filesystem::path& file, std::optional<std::string> profile,
                   const environment& env) {
  return parse_config(contents(file), file.string(), std::move(profile), env);
}

config parse_config(std::string_view toml, std::string source, std::optional<std::string> profile,
                    const environment& env) {
  problem_list problems;
  const std::optional<document_node> root = parse_document(toml, source, problems);
  problems.throw_if_any();
  const profile_choice choice = choose_profile(*root, source, profile, env, problems);
  const profile_book book{*root, source, problems};
  const profile_chain chain = chosen_chain(book, choice, problems);

  draft layers;
  const declared_sections declared{chain.layers};
  for (const layer& one : chain.layers)
    layer_reader{one, declared, layers, problems}.read();
  check_other_profiles(book, chain.layers, problems);

  provenance origins{source};
  config result = assemble(layers, chain.root, env, origins, problems);
  result.profile = choice.name;
  check(result, origins, problems);
  problems.throw_if_any();
  return result;
}

config config_from_url(std::string_view url, std::string database, base_profile profile) {
  problem_list problems;
  provenance origins{"DATABASE_URL"};
  const place where{"DATABASE_URL", 0, 0, "database." + database + ".url", ""};
  const url_settings settings = interpret_url(url, where, problems);
  config result = default_config(profile);
  result.databases.push_back(assemble_from_url(settings, profile, database, where, origins));
  check(result, origins, problems);
  problems.throw_if_any();
  return result;
}

} // namespace freehold
