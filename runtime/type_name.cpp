#include "runtime/type_name.hpp"

#include <algorithm>
#include <string_view>

namespace freehold {
namespace {

struct named_type {
  std::uint32_t oid;
  std::string_view name;
};

// Built-in oids never change: PostgreSQL, src/include/catalog/pg_type.dat.
constexpr named_type named_types[] = {
    {16, "boolean"},
    {17, "bytea"},
    {18, "\"char\""},
    {19, "name"},
    {20, "bigint"},
    {21, "smallint"},
    {23, "integer"},
    {25, "text"},
    {26, "oid"},
    {114, "json"},
    {142, "xml"},
    {199, "json[]"},
    {600, "point"},
    {650, "cidr"},
    {700, "real"},
    {701, "double precision"},
    {705, "unknown"},
    {790, "money"},
    {829, "macaddr"},
    {869, "inet"},
    {1000, "boolean[]"},
    {1001, "bytea[]"},
    {1005, "smallint[]"},
    {1007, "integer[]"},
    {1009, "text[]"},
    {1015, "varchar[]"},
    {1016, "bigint[]"},
    {1021, "real[]"},
    {1022, "double precision[]"},
    {1042, "char"},
    {1043, "varchar"},
    {1082, "date"},
    {1083, "time"},
    {1114, "timestamp"},
    {1115, "timestamp[]"},
    {1182, "date[]"},
    {1184, "timestamptz"},
    {1185, "timestamptz[]"},
    {1186, "interval"},
    {1231, "numeric[]"},
    {1266, "timetz"},
    {1560, "bit"},
    {1562, "varbit"},
    {1700, "numeric"},
    {2278, "void"},
    {2950, "uuid"},
    {2951, "uuid[]"},
    {3802, "jsonb"},
    {3807, "jsonb[]"},
};

} // namespace

std::string type_name(std::uint32_t oid) {
  const auto* found = std::ranges::lower_bound(named_types, oid, {}, &named_type::oid);
  if (found != std::end(named_types) && found->oid == oid)
    return std::string{found->name};
  return "type " + std::to_string(oid);
}

} // namespace freehold
