// A snapshot as Prometheus wants it.
#pragma once

#include <freehold/supervision.hpp>

#include <prometheus/metric_family.h>

#include <string>
#include <vector>

namespace freehold {

/// docs/METRICS.md lists them. A database whose supervisor did not answer has
/// `freehold_database_up` 0 and nothing else.
[[nodiscard]] std::vector<prometheus::MetricFamily> metric_families(const runtime_snapshot& of);
/// In Prometheus' text format.
[[nodiscard]] std::string metrics_text(const runtime_snapshot& of);

} // namespace freehold
