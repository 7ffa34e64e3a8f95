// The options for what stands in for a database: [database.NAME.fallback].
#include "config/option_table.hpp"

namespace freehold::configuration {
namespace {

template <auto Member>
constexpr accessor fallbacks() {
  return through<database_options, &database_options::fallback, Member>();
}

} // namespace

option_group fallback_group() {
  return {.name = "fallback",
          .introduction = "The latest good answers, kept for requests that may be answered with "
                          "them while the database is out of reach (`fallback::last_good`). The "
                          "answers that were used least recently go first.",
          .options = {
              {.key = "cache_entries",
               .measured_in = unit::count,
               .development = "1000",
               .production = "1000",
               .minimum = "1",
               .maximum = "1000000",
               .zero = "none are kept",
               .effect = "Answers kept: one for each statement with its parameters and settings. "
                         "More covers more of an outage.",
               .origin = "chosen: the pages that most people look at",
               .member = fallbacks<&fallback_options::cache_entries>()},
              {.key = "cache_size",
               .measured_in = unit::bytes,
               .development = "16 MiB",
               .production = "16 MiB",
               .minimum = "16 KiB",
               .maximum = "4 GiB",
               .effect = "Memory that they may take together. More keeps larger answers.",
               .origin = "chosen: a thousand answers of 16 KiB",
               .member = fallbacks<&fallback_options::cache_size>()},
          }};
}

} // namespace freehold::configuration
