// The story, one function an act.
#pragma once

#include "examples/demo/stage.hpp"

namespace demo {

void plain_clients_collide(stage& on);
void freehold_behind_the_pooler(stage& on);
void freehold_on_the_server(stage& on);
/// Backends die under load; then the runtime stops.
void backends_are_killed(stage& on);

} // namespace demo
