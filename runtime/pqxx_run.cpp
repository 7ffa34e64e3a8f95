#include "runtime/pqxx_run.hpp"

#include "runtime/pipeline.hpp"

namespace freehold {

void run_pqxx_function(session& on, session_state& state, const request_ptr& what) {
  ++what->attempts;
  what->mark_sent(true);
  const auto left = std::chrono::ceil<std::chrono::milliseconds>(what->deadline - on.now());
  try {
    std::any value;
    on.with_pqxx([&](pqxx::transaction_base& tx) { value = what->pqxx_body(tx); }, left,
                 what->settings.get());
    what->succeed(std::move(value));
  } catch (const statement_refused& settings) {
    what->fail(describe_refusal(*what, request::settings_step, settings.why(), false));
  } catch (const failure& unknown) {
    state.lose(unknown.why().message);
    what->fail(what->describe(unknown.code(), unknown.why().message, unknown.why().fate));
  } catch (...) { // libpqxx's exceptions and the function's own go to the caller
    error why = what->describe(errc::transaction_failed,
                               "the transaction function threw; the transaction was rolled back",
                               fate::rolled_back);
    why.thrown = std::current_exception();
    what->fail(std::move(why));
  }
}

} // namespace freehold
