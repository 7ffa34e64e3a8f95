#include "config/libpq_parameter.hpp"

#include "config/quantity.hpp"

#include <algorithm>
#include <array>
#include <fmt/format.h>

namespace freehold::configuration {
namespace {

using kind = libpq_kind;

constexpr std::array<libpq_parameter, 44> parameters{{
    {"host", kind::text, "",
     "Server name, or the directory of its Unix socket; several "
     "separated by commas are tried in turn"},
    {"hostaddr", kind::text, "", "Numeric address, to spare the name resolution"},
    {"port", kind::ports, "", "One port, or one for each host"},
    {"dbname", kind::text, "", "Name of the database"},
    {"user", kind::text, "", "Role to connect as"},
    {"password", kind::secret, "", "Its password; never shown"},
    {"passfile", kind::text, "", "File with passwords, instead of ~/.pgpass"},
    {"service", kind::text, "", "Entry of the connection service file"},
    {"options", kind::text, "",
     "Server settings at connect, as \"-c name=value\"; a transaction "
     "pooler may refuse them"},
    {"sslmode", kind::choice, "disable|allow|prefer|require|verify-ca|verify-full",
     "How far encryption is insisted on and the server's certificate checked"},
    {"sslnegotiation", kind::choice, "postgres|direct", "How encryption is begun (libpq 17)"},
    {"sslcompression", kind::flag, "", "Compression; modern servers refuse it"},
    {"sslcert", kind::text, "", "File of the client's certificate"},
    {"sslkey", kind::text, "", "File of the client's key"},
    {"sslpassword", kind::secret, "", "Password of that key; never shown"},
    {"sslcertmode", kind::choice, "disable|allow|require",
     "Whether the client's certificate is sent (libpq 16)"},
    {"sslrootcert", kind::text, "",
     "File of the certificates to trust, or \"system\" "
     "(libpq 16)"},
    {"sslcrl", kind::text, "", "File of revoked certificates"},
    {"sslcrldir", kind::text, "", "Directory of revoked certificates"},
    {"sslsni", kind::flag, "", "Whether the host name is sent in the TLS handshake"},
    {"ssl_min_protocol_version", kind::choice, "TLSv1|TLSv1.1|TLSv1.2|TLSv1.3",
     "The oldest TLS version to accept"},
    {"ssl_max_protocol_version", kind::choice, "TLSv1|TLSv1.1|TLSv1.2|TLSv1.3",
     "The newest TLS version to accept"},
    {"require_auth", kind::text, "", "Authentication methods to accept (libpq 16)"},
    {"channel_binding", kind::choice, "disable|prefer|require",
     "Whether SCRAM is bound to the TLS channel"},
    {"requirepeer", kind::text, "", "Operating-system user that must own the server's socket"},
    {"gssencmode", kind::choice, "disable|prefer|require", "Encryption by GSSAPI"},
    {"krbsrvname", kind::text, "", "Kerberos service name"},
    {"gsslib", kind::text, "", "GSS library to use"},
    {"gssdelegation", kind::flag, "", "Whether GSS credentials are delegated (libpq 17)"},
    {"keepalives", kind::flag, "", "TCP keepalives"},
    {"keepalives_idle", kind::integer, "", "Seconds of silence before the first keepalive"},
    {"keepalives_interval", kind::integer, "", "Seconds between keepalives"},
    {"keepalives_count", kind::integer, "", "Lost keepalives after which the session is dead"},
    {"tcp_user_timeout", kind::integer, "", "Milliseconds unacknowledged data may wait"},
    {"target_session_attrs", kind::choice,
     "any|read-write|read-only|primary|standby|prefer-standby", "Which of several servers will do"},
    {"load_balance_hosts", kind::choice, "disable|random",
     "Whether several hosts are tried in random order (libpq 16)"},
    {"client_encoding", kind::utf8, "", "UTF8 and nothing else: Freehold speaks UTF-8"},
    {"application_name", kind::refused, "Freehold names its sessions itself; set runtime.service",
     "Refused: set `runtime.service`"},
    {"fallback_application_name", kind::refused,
     "Freehold names its sessions itself; set runtime.service", "Refused: set `runtime.service`"},
    {"replication", kind::refused,
     "a replication session serves no statements; remove the parameter",
     "Refused: a replication session serves no statements"},
    {"connect_timeout", kind::refused, "set connect.timeout, with its unit",
     "In a file, refused: set `connect.timeout`. In a URL, see below"},
    {"authtype", kind::refused, "libpq ignores it; remove the parameter",
     "Refused: libpq ignores it"},
    {"tty", kind::refused, "libpq ignores it; remove the parameter", "Refused: libpq ignores it"},
    {"requiressl", kind::refused, "set sslmode = \"require\"", "Refused: set `sslmode`"},
}};

bool is_port(std::string_view text) {
  const std::optional<std::size_t> number = parse_count(text);
  return number && *number >= 1 && *number <= 65'535;
}

/// Calls `judge` with each part; an empty text has one empty part.
template <class Judge>
bool all_parts(std::string_view text, char separator, Judge judge) {
  for (;;) {
    const std::size_t end = text.find(separator);
    if (!judge(text.substr(0, end)))
      return false;
    if (end == std::string_view::npos)
      return true;
    text.remove_prefix(end + 1);
  }
}

bool is_choice(std::string_view text, std::string_view allowed) {
  return !all_parts(allowed, '|', [&](std::string_view one) { return one != text; });
}

bool is_utf8(std::string_view text) {
  return is_choice(text, "UTF8|UTF-8|utf8|utf-8|unicode|UNICODE");
}

bool takes(const libpq_parameter& parameter, std::string_view text) {
  switch (parameter.kind) {
  case kind::text:
    return !text.empty();
  case kind::secret:
    return true;
  case kind::integer: {
    const std::optional<std::size_t> number = parse_count(text);
    return number && *number <= 2'147'483'647;
  }
  case kind::flag:
    return text == "0" || text == "1";
  case kind::ports: // an empty part stands for libpq's default
    return all_parts(text, ',', [](std::string_view one) { return one.empty() || is_port(one); });
  case kind::choice:
    return is_choice(text, parameter.allowed);
  case kind::utf8:
    return is_utf8(text);
  case kind::refused:
    return false;
  }
  return false;
}

} // namespace

std::span<const libpq_parameter> libpq_parameters() {
  return parameters;
}

const libpq_parameter* find_libpq_parameter(std::string_view keyword) {
  const auto found =
      std::find_if(parameters.begin(), parameters.end(),
                   [&](const libpq_parameter& parameter) { return parameter.keyword == keyword; });
  return found == parameters.end() ? nullptr : &*found;
}

std::vector<std::string> libpq_keywords() {
  std::vector<std::string> keywords;
  for (const libpq_parameter& parameter : parameters)
    if (parameter.kind != kind::refused)
      keywords.emplace_back(parameter.keyword);
  return keywords;
}

bool is_secret(const libpq_parameter& parameter) {
  return parameter.kind == kind::secret;
}

std::string expectation(const libpq_parameter& parameter) {
  switch (parameter.kind) {
  case kind::text:
    return "a string that is not empty";
  case kind::secret:
    return "a string";
  case kind::integer:
    return "an integer from 0 to 2147483647";
  case kind::flag:
    return "0 or 1";
  case kind::ports:
    return "a port from 1 to 65535, or several separated by commas";
  case kind::utf8:
    return "UTF8, the encoding Freehold speaks";
  case kind::choice: {
    std::string text = "one of " + std::string{parameter.allowed};
    for (std::size_t at = 0; (at = text.find('|', at)) != std::string::npos;)
      text.replace(at, 1, ", ");
    return text;
  }
  case kind::refused:
    break;
  }
  return {};
}

std::optional<std::string> judge(const libpq_parameter& parameter, std::string_view text) {
  if (parameter.kind == kind::refused)
    return std::string{parameter.allowed};
  if (takes(parameter, text) && text.find('\0') == std::string_view::npos)
    return std::nullopt;
  return "expects " + expectation(parameter);
}

std::optional<std::string> libpq_text(const libpq_parameter& parameter, const scalar& written) {
  const bool number = parameter.kind == kind::integer || parameter.kind == kind::flag ||
                      parameter.kind == kind::ports;
  if (const std::string* text = std::get_if<std::string>(&written))
    return *text;
  if (const std::int64_t* value = std::get_if<std::int64_t>(&written); value && number)
    return fmt::format("{}", *value);
  if (const bool* value = std::get_if<bool>(&written); value && parameter.kind == kind::flag)
    return *value ? "1" : "0";
  return std::nullopt;
}

} // namespace freehold::configuration
