// What the service does besides answering.
#pragma once

#include <freehold/runtime.hpp>

#include <filesystem>

namespace rental {

namespace fh = freehold;

/// Applies those SQL files of `folder` that the database does not know yet, in the order of their
/// names, all in one transaction. Of processes that start together one does it and the others
/// wait. Throws `freehold::failure` when the database is away and `pqxx::sql_error` when a file is
/// wrong; then none is applied.
void migrate(const fh::database& db, const std::filesystem::path& folder);

/// Actors for the supervision tree, by the names that rental.toml has for them: `expiry_sweeper`
/// deletes sessions and tokens that are over, every minute; `search_warmer` asks what many people
/// ask, every ten seconds, so that there is something to show when the database goes away.
[[nodiscard]] std::map<std::string, fh::actor_factory, std::less<>> upkeep_actors();

} // namespace rental
