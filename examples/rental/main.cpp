// A service for people who look for a home. README.md, beside this, tells about it.
#include "examples/rental/site.hpp"
#include "examples/rental/upkeep.hpp"

#include <freehold/freehold.hpp>

#include <CLI/CLI.hpp>
#include <spdlog/sinks/stdout_sinks.h>

#include <csignal>
#include <cstdlib>
#include <iostream>
#include <thread>

namespace fh = freehold;

namespace {

// Tries until the database is there, or somebody ends the service.
bool migrate(const fh::database& db, const std::filesystem::path& schema, const sigset_t& ends,
             spdlog::logger& log) {
  constexpr timespec pause{0, 200'000'000};
  do {
    try {
      rental::migrate(db, schema);
      return true;
    } catch (const fh::failure& why) {
      log.warn("the schema is not known to be there: {}", to_string(why.why()));
    }
  } while (sigtimedwait(&ends, nullptr, &pause) < 0);
  return false;
}

} // namespace

int main(int argc, char** argv) try {
  rental::site_options given{.files = RENTAL_FILES, .outbox = "."};
  std::string host = "127.0.0.1";
  int port = 8080;
  CLI::App app{"A rental service on Freehold. DATABASE_URL says where its database is."};
  app.add_option("--files", given.files, "folder of rental.toml, schema, pages and static");
  app.add_option("--outbox", given.outbox, "folder for mails");
  app.add_option("--url", given.url, "under which people reach it; else made of host and port");
  app.add_option("--host", host, "address to listen on");
  app.add_option("--port", port, "0: any free one");
  CLI11_PARSE(app, argc, argv);

  sigset_t ends; // before any thread starts, so that none of them gets these
  sigemptyset(&ends);
  sigaddset(&ends, SIGINT);
  sigaddset(&ends, SIGTERM);
  pthread_sigmask(SIG_BLOCK, &ends, nullptr);

  httplib::Server server;
  server.new_task_queue = [] { return new httplib::ThreadPool{128}; }; // one for each connection
  server.set_keep_alive_max_count(10'000);
  server.set_tcp_nodelay(true);
  server.set_payload_max_length(64 * 1024);
  socket_t listening = INVALID_SOCKET;
  server.set_socket_options([&](socket_t of) { // not SO_REUSEPORT: who shares a port is told
    const int yes = 1;
    setsockopt(listening = of, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes);
  });
  port = port == 0 ? server.bind_to_any_port(host) : server.bind_to_port(host, port) ? port : -1;
  if (port < 0)
    throw std::runtime_error{"cannot listen there; another --host or --port may do"};
  listen(listening, 1'024); // httplib lets five wait, and a sixth tries again after a second
  if (given.url.empty())
    given.url = "http://" + host + ":" + std::to_string(port);

  const std::filesystem::path file = given.files / "rental.toml";
  const fh::config config = fh::load_config(file);
  const auto sink = std::make_shared<spdlog::sinks::stderr_sink_mt>();
  if (config.runtime.log.format == fh::log_format::json)
    sink->set_formatter(fh::json_log_formatter());
  const auto log = std::make_shared<spdlog::logger>("rental", sink);
  fh::embedding with{.sinks = {sink}, .actors = rental::upkeep_actors()};
  with.source = fh::config_source{.file = file, .on_sighup = true};
  fh::runtime runtime{config, std::move(with)};

  const fh::database db = runtime.database("primary");
  const rental::site site{db, given, log};
  site.mount(server);
  const std::jthread listener{[&](const std::stop_token& over) {
    const std::stop_callback stop{over, [&] { server.stop(); }};
    server.listen_after_bind();
  }};
  std::cout << "homes to let:  " << given.url << "\nfor operators: " << runtime.admin_url()
            << std::endl;
  if (migrate(db, given.files / "schema", ends, *log))
    sigwaitinfo(&ends, nullptr);
  return EXIT_SUCCESS;
} catch (const std::exception& why) {
  std::cerr << why.what() << '\n';
  return EXIT_FAILURE;
}
