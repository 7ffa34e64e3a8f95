#include "config/listen_address.hpp"
#include "config/option_table.hpp"
#include "config/option_value.hpp"
#include "tests/support/catch.hpp"

#include <freehold/config.hpp>

using namespace freehold;
using freehold::configuration::parse_listen_address;

namespace {

std::vector<config_problem> problems_with(const std::string& listen, const std::string& token) {
  config made = config_from_url("postgresql://localhost/x");
  made.runtime.admin.listen = listen;
  made.runtime.admin.token = secret{token};
  return validate(made);
}

const std::string good_token = "a-token-of-sixteen-or-more";

} // namespace

TEST_CASE("addresses to listen on", "[config]") {
  const auto ipv4 = parse_listen_address("127.0.0.1:9187");
  REQUIRE(ipv4);
  CHECK(ipv4->host == "127.0.0.1");
  CHECK(ipv4->port == 9187);
  CHECK(ipv4->is_loopback());
  CHECK(ipv4->text() == "127.0.0.1:9187");
  const auto ipv6 = parse_listen_address("[::1]:0");
  REQUIRE(ipv6);
  CHECK(ipv6->host == "::1");
  CHECK(ipv6->is_loopback());
  CHECK(ipv6->text() == "[::1]:0");
  CHECK(parse_listen_address("localhost:80")->is_loopback());
  for (const char* wide : {"0.0.0.0:1", "[::]:1", "10.0.0.1:1", "127.example.org:1", "host:1",
                           "127.0.0.1.example.org:1", "127.0.0:1"})
    CHECK_FALSE(parse_listen_address(wide)->is_loopback());
  for (const char* wrong : {"", "9187", ":9187", "127.0.0.1", "127.0.0.1:", "127.0.0.1:65536",
                            "127.0.0.1:-1", "::1:80", "[::1]", "a b:1", "[]:1", "h:1x", "h/:1"})
    CHECK_FALSE(parse_listen_address(wrong));
}

TEST_CASE("an address that others reach needs a token", "[config]") {
  CHECK(problems_with("", "").empty());
  CHECK(problems_with("127.0.0.1:0", "").empty());
  CHECK(problems_with("0.0.0.0:9187", good_token).empty());
  const auto open = problems_with("0.0.0.0:9187", "");
  REQUIRE(open.size() == 1);
  CHECK(open.front().key == "runtime.admin.listen");
  CHECK(open.front().message.find("set runtime.admin.token") != std::string::npos);
  const auto nonsense = problems_with("9187", "");
  REQUIRE(nonsense.size() == 1);
  CHECK(nonsense.front().message ==
        "expects \"HOST:PORT\" such as \"127.0.0.1:9187\" or \"[::1]:0\", or \"\" (off), got "
        "\"9187\"");
}

TEST_CASE("a token is not shown, also when it is refused", "[config]") {
  const std::string bad = "too-short-4711";
  for (const auto& problems : {problems_with("127.0.0.1:0", bad)}) {
    REQUIRE(problems.size() == 1);
    CHECK(problems.front().key == "runtime.admin.token");
    CHECK(problems.front().value == "***");
    CHECK(problems.front().message.find("4711") == std::string::npos);
    CHECK(problems.front().message.find("a secret of 16 to 256") != std::string::npos);
  }
  const std::string head = "[database.primary]\nhost = \"localhost\"\n[runtime.admin]\ntoken = ";
  for (const std::string& written : {"\"" + bad + "\"", std::string{"47110815"},
                                     std::string{"[\"4711\"]"}, std::string{"\"${TOKEN}\""}}) {
    const environment env = [&](const std::string& name) {
      return name == "TOKEN" ? std::optional{bad} : std::nullopt;
    };
    try {
      static_cast<void>(parse_config(head + written, "file", std::nullopt, env));
      FAIL("it was accepted: " << written);
    } catch (const config_error& why) {
      INFO(why.what());
      CHECK(std::string{why.what()}.find("4711") == std::string::npos);
      REQUIRE(why.problems().size() == 1);
      CHECK(why.problems().front().value == "***");
    }
  }
  const environment env = [](const std::string& name) {
    return name == "TOKEN" ? std::optional{good_token} : std::nullopt;
  };
  const config made = parse_config(head + "\"${TOKEN}\"", "file", std::nullopt, env);
  CHECK(made.runtime.admin.token.reveal() == good_token);
  const auto* entry = configuration::find_option(configuration::runtime_groups(), "admin.token");
  REQUIRE(entry != nullptr);
  CHECK(configuration::format_value(*entry, entry->member.read(&made.runtime)) == "***");
}

TEST_CASE("the endpoint is off in production and on a free local port in development", "[config]") {
  CHECK(default_config(base_profile::production).runtime.admin.listen.empty());
  CHECK(default_config(base_profile::development).runtime.admin.listen == "127.0.0.1:0");
}
