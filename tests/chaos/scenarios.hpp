// One function for each scenario; docs/CHAOS.md says what each proves.
#pragma once

#include "tests/chaos/trial.hpp"

namespace chaos {

void checker(const setting& with);
void crash(const setting& with);
void hang(const setting& with);
void outage(const setting& with);
void network(const setting& with);
void random_faults(const setting& with);
void kills(const setting& with);
void slots(const setting& with);
void failover(const setting& with);
void lag(const setting& with);
void refusals(const setting& with);
void abandoned(const setting& with);
void freeze(const setting& with);
void overload(const setting& with);
void flood(const setting& with);
void circuit(const setting& with);
void reloads(const setting& with);

} // namespace chaos
