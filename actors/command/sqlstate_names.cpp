// PostgreSQL's names: https://www.postgresql.org/docs/current/errcodes-appendix.html
// All classes, and those codes that a client meets.

#include "actors/command/explanation.hpp"

#include <array>
#include <utility>

namespace freehold::command {
namespace {

using named = std::pair<std::string_view, std::string_view>;

constexpr std::array classes{
    named{"00", "successful completion"},
    named{"01", "warning"},
    named{"02", "no data"},
    named{"03", "SQL statement not yet complete"},
    named{"08", "connection exception"},
    named{"09", "triggered action exception"},
    named{"0A", "feature not supported"},
    named{"0B", "invalid transaction initiation"},
    named{"0F", "locator exception"},
    named{"0L", "invalid grantor"},
    named{"0P", "invalid role specification"},
    named{"0Z", "diagnostics exception"},
    named{"20", "case not found"},
    named{"21", "cardinality violation"},
    named{"22", "data exception"},
    named{"23", "integrity constraint violation"},
    named{"24", "invalid cursor state"},
    named{"25", "invalid transaction state"},
    named{"26", "invalid SQL statement name"},
    named{"27", "triggered data change violation"},
    named{"28", "invalid authorization specification"},
    named{"2B", "dependent privilege descriptors still exist"},
    named{"2D", "invalid transaction termination"},
    named{"2F", "SQL routine exception"},
    named{"34", "invalid cursor name"},
    named{"38", "external routine exception"},
    named{"39", "external routine invocation exception"},
    named{"3B", "savepoint exception"},
    named{"3D", "invalid catalog name"},
    named{"3F", "invalid schema name"},
    named{"40", "transaction rollback"},
    named{"42", "syntax error or access rule violation"},
    named{"44", "WITH CHECK OPTION violation"},
    named{"53", "insufficient resources"},
    named{"54", "program limit exceeded"},
    named{"55", "object not in prerequisite state"},
    named{"57", "operator intervention"},
    named{"58", "system error"},
    named{"72", "snapshot failure"},
    named{"F0", "configuration file error"},
    named{"HV", "foreign data wrapper error"},
    named{"P0", "PL/pgSQL error"},
    named{"XX", "internal error"},
};

constexpr std::array codes{
    named{"08000", "connection_exception"},
    named{"08001", "sqlclient_unable_to_establish_sqlconnection"},
    named{"08003", "connection_does_not_exist"},
    named{"08004", "sqlserver_rejected_establishment_of_sqlconnection"},
    named{"08006", "connection_failure"},
    named{"08007", "transaction_resolution_unknown"},
    named{"08P01", "protocol_violation"},
    named{"0A000", "feature_not_supported"},
    named{"21000", "cardinality_violation"},
    named{"22001", "string_data_right_truncation"},
    named{"22003", "numeric_value_out_of_range"},
    named{"22007", "invalid_datetime_format"},
    named{"22008", "datetime_field_overflow"},
    named{"22012", "division_by_zero"},
    named{"22021", "character_not_in_repertoire"},
    named{"22023", "invalid_parameter_value"},
    named{"22P02", "invalid_text_representation"},
    named{"22P03", "invalid_binary_representation"},
    named{"23502", "not_null_violation"},
    named{"23503", "foreign_key_violation"},
    named{"23505", "unique_violation"},
    named{"23514", "check_violation"},
    named{"23P01", "exclusion_violation"},
    named{"25001", "active_sql_transaction"},
    named{"25006", "read_only_sql_transaction"},
    named{"25P01", "no_active_sql_transaction"},
    named{"25P02", "in_failed_sql_transaction"},
    named{"25P03", "idle_in_transaction_session_timeout"},
    named{"25P04", "transaction_timeout"},
    named{"26000", "invalid_sql_statement_name"},
    named{"28000", "invalid_authorization_specification"},
    named{"28P01", "invalid_password"},
    named{"3D000", "invalid_catalog_name"},
    named{"3F000", "invalid_schema_name"},
    named{"40001", "serialization_failure"},
    named{"40002", "transaction_integrity_constraint_violation"},
    named{"40003", "statement_completion_unknown"},
    named{"40P01", "deadlock_detected"},
    named{"42501", "insufficient_privilege"},
    named{"42601", "syntax_error"},
    named{"42701", "duplicate_column"},
    named{"42702", "ambiguous_column"},
    named{"42703", "undefined_column"},
    named{"42704", "undefined_object"},
    named{"42710", "duplicate_object"},
    named{"42725", "ambiguous_function"},
    named{"42804", "datatype_mismatch"},
    named{"42846", "cannot_coerce"},
    named{"42883", "undefined_function"},
    named{"42P01", "undefined_table"},
    named{"42P04", "duplicate_database"},
    named{"42P05", "duplicate_prepared_statement"},
    named{"42P07", "duplicate_table"},
    named{"42P10", "invalid_column_reference"},
    named{"42P18", "indeterminate_datatype"},
    named{"53100", "disk_full"},
    named{"53200", "out_of_memory"},
    named{"53300", "too_many_connections"},
    named{"53400", "configuration_limit_exceeded"},
    named{"54000", "program_limit_exceeded"},
    named{"54001", "statement_too_complex"},
    named{"55000", "object_not_in_prerequisite_state"},
    named{"55006", "object_in_use"},
    named{"55P03", "lock_not_available"},
    named{"57014", "query_canceled"},
    named{"57P01", "admin_shutdown"},
    named{"57P02", "crash_shutdown"},
    named{"57P03", "cannot_connect_now"},
    named{"57P04", "database_dropped"},
    named{"57P05", "idle_session_timeout"},
    named{"58000", "system_error"},
    named{"58030", "io_error"},
    named{"58P01", "undefined_file"},
    named{"P0001", "raise_exception"},
    named{"P0002", "no_data_found"},
    named{"P0003", "too_many_rows"},
    named{"P0004", "assert_failure"},
    named{"XX000", "internal_error"},
    named{"XX001", "data_corrupted"},
    named{"XX002", "index_corrupted"},
};

template <class Names>
std::string_view name_in(const Names& names, std::string_view wanted) noexcept {
  for (const named& each : names)
    if (each.first == wanted)
      return each.second;
  return {};
}

} // namespace

std::string_view condition_name(std::string_view sqlstate) noexcept {
  return name_in(codes, sqlstate);
}

std::string_view class_name(std::string_view sqlstate) noexcept {
  return name_in(classes, sqlstate.substr(0, 2));
}

std::vector<std::string> named_sqlstates() {
  std::vector<std::string> all;
  for (const named& each : codes)
    all.emplace_back(each.first);
  return all;
}

} // namespace freehold::command
