// From what the server said to what the caller is told.

#include "runtime/pipeline.hpp"
#include "runtime/redaction.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace freehold {

bool ends_session(const server_error& why) noexcept {
  const failure_class kind = classify(why);
  return kind == failure_class::connection_fatal || kind == failure_class::in_doubt ||
         kind == failure_class::before_send;
}

std::optional<std::string> unsendable(const bound_statement& bound) {
  constexpr std::size_t most = 65'535; // the protocol counts them in two bytes
  if (bound.values.problem())
    return *bound.values.problem();
  if (bound.values.size() <= most)
    return std::nullopt;
  return fmt::format("{} parameters, and a statement takes at most {}; send an array instead",
                     bound.values.size(), most);
}

error unconfirmed_commit() {
  error why;
  why.code = errc::outcome_unknown;
  why.message = "committed on this server, but the wait for its synchronous standby was cancelled, "
                "by the deadline or an administrator: a failover would lose it";
  why.fate = fate::unknown;
  return why;
}

session::time_point cancel_time(const request& what) {
  using namespace std::chrono;
  // A tenth of the time, 50 ms at most: a cancellation is a round trip or two.
  const auto whole = what.deadline - what.submitted;
  return what.deadline - std::min<steady_clock::duration>(whole / 10, milliseconds{50});
}

namespace {

std::string_view value_of(const parameters& sent, std::size_t i) {
  const char* data = sent.data(i);
  return data == nullptr ? std::string_view{}
                         : std::string_view{data, static_cast<std::size_t>(sent.length(i))};
}

// What must not be in the message: the statement's values, and those of the settings, which any
// statement may have read. A setting's name may.
std::vector<std::string_view> secrets_of(const request& what, std::size_t step) {
  std::vector<std::string_view> values;
  if (step < what.steps.size()) {
    const parameters& sent = what.steps[step].values;
    for (std::size_t i = 0; i < sent.size(); ++i)
      values.push_back(value_of(sent, i));
  }
  if (what.settings) {
    const parameters& sent = what.settings->values;
    for (std::size_t i = 0; i < sent.size(); ++i)
      values.push_back(i % 2 == 0 ? std::string_view{} : value_of(sent, i));
  }
  return values;
}

} // namespace

error describe_refusal(const request& what, std::size_t step, const server_error& why,
                       bool cancelled) {
  const std::vector<std::string_view> values = secrets_of(what, step);
  errc code = errc::server_error;
  std::string message = redacted_message(why, values);
  if (why.sqlstate == "57014") {
    code = cancelled ? errc::deadline_exceeded : errc::cancelled;
    message = cancelled
                  ? fmt::format("did not finish within {} ms and was cancelled on the server; a "
                                "longer time is given by the statement's timeout or "
                                "statements.timeout",
                                std::chrono::round<std::chrono::milliseconds>(what.deadline -
                                                                              what.submitted)
                                    .count())
                  : "was cancelled on the server by somebody else: " + message;
  } else if (classify(why) == failure_class::transaction) {
    code = errc::serialization_failure;
  }
  if (what.kind == request_kind::script && step < what.steps.size()) {
    message = fmt::format("step {} (\"{}\"): {}", step + 1, what.steps[step].what.name(), message);
  }
  if (step == request::settings_step)
    message = "the request's settings: " + message;
  error told = what.describe(code, std::move(message), fate::rolled_back);
  told.sqlstate = why.sqlstate;
  told.constraint = why.constraint;
  return told;
}

} // namespace freehold
