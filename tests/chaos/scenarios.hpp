// One function for each scenario; docs/CHAOS.md says what each proves.
#pragma once

#include "tests/chaos/trial.hpp"

namespace chaos {

void crash(const setting& with);

} // namespace chaos
