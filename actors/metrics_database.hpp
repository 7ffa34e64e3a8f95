// The metrics that there are for each database.
#pragma once

#include <freehold/supervision.hpp>

#include <prometheus/metric_family.h>

#include <vector>

namespace freehold {

using metric_labels = std::vector<prometheus::ClientMetric::Label>;

void add_sample(prometheus::MetricFamily& to, const metric_labels& labels, double value);
/// The label that names a database.
inline constexpr const char* pool_label = "pool_name";

void add_databases(const runtime_snapshot& of, std::vector<prometheus::MetricFamily>& to);

// Parts of it (actors/metrics_distributions.cpp).
void add_distributions(const std::vector<database_snapshot>& of,
                       std::vector<prometheus::MetricFamily>& to);
void add_statements(const std::vector<database_snapshot>& databases,
                    std::vector<prometheus::MetricFamily>& to);

} // namespace freehold
