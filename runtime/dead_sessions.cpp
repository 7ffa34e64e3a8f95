#include "runtime/dead_sessions.hpp"

#include <stdexcept>
#include <string>

namespace freehold {

namespace {

// The function below the view pg_stat_activity: a fresh session looks up less for it, and somebody
// waits. A pooler may keep sessions under the names of its clients; as a rule it reaches the server
// from another address than we do, and its sessions are its own business.
const statement list{
    "freehold: sessions of this service",
    "SELECT other.pid, other.application_name"
    " FROM pg_stat_get_activity(pg_backend_pid()) AS me, pg_stat_get_activity(NULL) AS other"
    " WHERE right(other.application_name, length($1::text)) = $1::text AND other.pid <> me.pid"
    " AND other.usesysid = me.usesysid AND other.datid = me.datid"
    " AND other.client_addr IS NOT DISTINCT FROM me.client_addr",
    read_only};

// The name again: meanwhile a session may have ended and its process id may be another's. In the
// list of what is selected the function is called for what is found only.
const statement terminate{
    "freehold: end dead sessions",
    "SELECT pid, pg_terminate_backend(pid) FROM pg_stat_get_activity(NULL)"
    " WHERE (pid, application_name) IN (SELECT * FROM unnest($1::int[], $2::text[]))"};

} // namespace

std::vector<std::int32_t>
end_dead_sessions(transaction& on, const process_identity& who,
                  const std::function<std::optional<process_status>(std::int64_t)>& status_of) {
  std::vector<std::int32_t> pids;
  std::vector<std::string> names;
  for (auto [pid, name] : on.execute(list, who.scope()).as<std::int32_t, std::string>()) {
    try {
      if (!who.is_dead(name, status_of))
        continue;
    } catch (const std::runtime_error&) { // not known to be dead: it may live
      continue;
    }
    pids.push_back(pid);
    names.push_back(name);
  }
  std::vector<std::int32_t> ended;
  if (pids.empty())
    return ended;
  for (auto [pid, done] : on.execute(terminate, pids, names).as<std::int32_t, bool>())
    if (done)
      ended.push_back(pid);
  return ended;
}

} // namespace freehold
