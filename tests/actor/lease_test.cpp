#include "tests/support/catch.hpp"
#include "tests/support/simulated_database.hpp"

using namespace freehold;
using namespace freehold::testing;
using std::chrono::seconds;

namespace {

sent_request make(request_kind kind, std::vector<bound_statement> steps = {}) {
  auto answer = std::make_shared<keeping_receiver>();
  const auto now = std::chrono::steady_clock::now();
  auto what = std::make_shared<request>(kind, std::move(steps), now, now + seconds{10}, 1, answer);
  return {std::move(what), std::move(answer)};
}

} // namespace

TEST_CASE("what a transactional lease runs after a BEGIN that failed is in a transaction too") {
  simulated_database db;
  const sent_request asked = make(request_kind::lease);
  asked.what->transactional_lease = true;
  caf::anon_send(db.supervisor, submit{asked.what});
  db.run();
  REQUIRE(asked.answer->code() == errc::none);
  auto grant = std::any_cast<std::shared_ptr<lease_grant>>(
      std::get<std::any>(std::exchange(asked.answer->last.value, {})));
  for (scripted_session* each : db.sessions)
    each->at_sql["BEGIN"].push_back(refusal("57014"));

  grant->used.store(true);
  const sent_request first = make(request_kind::execute, {{write_one, {}}});
  const sent_request second = make(request_kind::execute, {{write_one, {}}});
  for (const sent_request& each : {first, second})
    caf::anon_send(grant->connection, lease_execute{grant->number, grant->origin, each.what});
  db.run();
  CHECK(first.answer->code() == errc::cancelled);
  CHECK(second.answer->code() == errc::none);

  grant.reset(); // without a commit
  db.run();
  CHECK(db.server->times("INSERT INTO t VALUES (1)") == 0);
}
