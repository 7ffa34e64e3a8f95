// One function for each scenario; docs/CHAOS.md says what each proves.
#pragma once

#include "tests/chaos/trial.hpp"

namespace chaos {

void crash(const setting& with);
void hang(const setting& with);
void outage(const setting& with);
void network(const setting& with);
void random_faults(const setting& with);

} // namespace chaos
