#include "config/assignment.hpp"

#include "config/option_value.hpp"
#include "config/substitution.hpp"

#include <algorithm>

namespace freehold::configuration {
namespace {

struct resolved_scalar {
  scalar value;
  bool from_environment = false;
};

std::optional<resolved_scalar> resolve_list(const assignment& value, const list& texts,
                                            const environment& env, problem_list& problems) {
  list replaced;
  bool sound = true;
  for (const std::string& text : texts) {
    substitution one = substitute(text, env);
    for (const std::string& problem : one.problems)
      problems.add(value.where, problem);
    sound = sound && one.problems.empty();
    replaced.push_back(std::move(one.text));
  }
  return sound ? std::optional<resolved_scalar>{{std::move(replaced), false}} : std::nullopt;
}

/// The value with every `${NAME}` replaced.
std::optional<resolved_scalar> resolve(const assignment& value, const environment& env,
                                       problem_list& problems) {
  if (const list* const texts = std::get_if<list>(&value.written))
    return resolve_list(value, *texts, env, problems);
  const std::string* const text = std::get_if<std::string>(&value.written);
  if (!text)
    return resolved_scalar{value.written, false};
  substitution replaced = substitute(*text, env);
  for (const std::string& problem : replaced.problems)
    problems.add(value.where, problem);
  if (!replaced.problems.empty())
    return std::nullopt;
  return resolved_scalar{std::move(replaced.text), replaced.referred};
}

std::optional<std::string> read_text(const assignment& value, const std::string& expected,
                                     const environment& env, problem_list& problems) {
  const std::optional<resolved_scalar> resolved = resolve(value, env, problems);
  if (!resolved)
    return std::nullopt;
  if (const std::string* const text = std::get_if<std::string>(&resolved->value))
    return *text;
  problems.add(value.where, "expects " + expected + ", got " + describe(resolved->value));
  return std::nullopt;
}

} // namespace

bool is_deferred(const assignment& value) {
  if (const list* const texts = std::get_if<list>(&value.written))
    return std::any_of(texts->begin(), texts->end(), has_reference);
  const std::string* const text = std::get_if<std::string>(&value.written);
  return text && has_reference(*text);
}

std::optional<option_value> read_option(const option& entry, const assignment& value,
                                        const environment& env, problem_list& problems) {
  const std::optional<resolved_scalar> resolved = resolve(value, env, problems);
  if (!resolved)
    return std::nullopt;
  conversion converted = convert(entry, resolved->value, resolved->from_environment);
  if (!converted.value)
    problems.add(value.where, converted.problem);
  return std::move(converted.value);
}

std::optional<std::string> read_parameter(const libpq_parameter& parameter, const assignment& value,
                                          const environment& env, problem_list& problems) {
  if (parameter.kind == libpq_kind::refused) {
    problems.add(value.where, "is not accepted: " + std::string{parameter.allowed});
    return std::nullopt;
  }
  const std::optional<resolved_scalar> resolved = resolve(value, env, problems);
  if (!resolved)
    return std::nullopt;
  std::optional<std::string> text = libpq_text(parameter, resolved->value);
  if (text && !judge(parameter, *text))
    return text;
  std::string message = "expects " + expectation(parameter);
  if (!is_secret(parameter))
    message += ", got " + describe(resolved->value);
  problems.add(value.where, message);
  return std::nullopt;
}

std::optional<std::string> read_schema(const assignment& value, const environment& env,
                                       problem_list& problems) {
  const std::string expected = "a string that is not empty";
  std::optional<std::string> text = read_text(value, expected, env, problems);
  if (text && text->empty()) {
    problems.add(value.where, "expects " + expected);
    return std::nullopt;
  }
  return text;
}

std::optional<url_settings> read_url(const assignment& value, const environment& env,
                                     problem_list& problems) {
  const std::optional<std::string> text = read_text(value, "a URL", env, problems);
  if (!text)
    return std::nullopt;
  problem_list found;
  url_settings settings = interpret_url(*text, value.where, found);
  problems.append(found);
  return found.empty() ? std::optional<url_settings>{std::move(settings)} : std::nullopt;
}

} // namespace freehold::configuration
