#include "tests/chaos/cluster.hpp"

#include "tests/chaos/observer.hpp"
#include "tests/support/eventually.hpp"
#include "tests/support/sandbox.hpp"

#include <cstdlib>
#include <fstream>
#include <stdexcept>

namespace chaos {
namespace {

using freehold::testing::eventually;
using freehold::testing::sandbox;

std::string variable(const char* name) {
  const char* value = std::getenv(name);
  if (value == nullptr)
    throw std::runtime_error{"run this inside tests/sandbox/sandbox run --"};
  return value;
}

std::size_t port_in(const std::string& url) {
  return url.rfind(':', url.rfind('/')) + 1;
}

} // namespace

bool shell(const std::string& line) {
  return std::system(line.c_str()) == 0;
}

void cluster::act(const std::string& what) const {
  freehold::testing::sandbox_does(what);
}

void cluster::restore() const {
  act("server continue");
  act("standby remove");
  if (!accepts(admin_url()))
    act("server start");
  if (!eventually([] { return accepts(admin_url()); }))
    throw std::runtime_error{"the server does not start"};
  observer admin{admin_url()};
  admin.run("ALTER SYSTEM RESET ALL");
  admin.run("SELECT pg_reload_conf()");
}

std::string cluster::url() {
  return sandbox("URL");
}

std::string cluster::admin_url() {
  return sandbox("ADMIN_URL");
}

int cluster::port() {
  return std::stoi(url().substr(port_in(url())));
}

std::string cluster::folder() {
  return variable("FREEHOLD_SANDBOX_DIR");
}

int cluster::standby_port() {
  std::ifstream file{folder() + "/standby.port"};
  int port = 0;
  if (!(file >> port))
    throw std::runtime_error{"there is no standby"};
  return port;
}

std::string with_port(std::string url, int port) {
  const std::size_t begin = port_in(url);
  return url.replace(begin, url.rfind('/') - begin, std::to_string(port));
}

} // namespace chaos
