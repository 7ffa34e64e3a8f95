# Finds libpqxx, with or without a CMake package of its own: distributions differ.
#
#   find_package(libpqxx 6.4...<8)   gives the target libpqxx::pqxx, which brings libpq

find_package(PostgreSQL QUIET)
find_package(PkgConfig QUIET)
if(PKG_CONFIG_FOUND)
  pkg_check_modules(PC_LIBPQXX QUIET libpqxx)
endif()

find_path(LIBPQXX_INCLUDE_DIR NAMES pqxx/pqxx HINTS ${PC_LIBPQXX_INCLUDE_DIRS})
find_library(LIBPQXX_LIBRARY NAMES pqxx HINTS ${PC_LIBPQXX_LIBRARY_DIRS})
mark_as_advanced(LIBPQXX_INCLUDE_DIR LIBPQXX_LIBRARY)

# The headers of some releases still carry the previous release's number.
set(libpqxx_VERSION "${PC_LIBPQXX_VERSION}")
if(NOT libpqxx_VERSION AND LIBPQXX_INCLUDE_DIR)
  file(GLOB _libpqxx_headers "${LIBPQXX_INCLUDE_DIR}/pqxx/version.hxx"
       "${LIBPQXX_INCLUDE_DIR}/pqxx/version")
  foreach(_libpqxx_header IN LISTS _libpqxx_headers)
    file(STRINGS "${_libpqxx_header}" _libpqxx_line REGEX "define PQXX_VERSION \"" LIMIT_COUNT 1)
    if(_libpqxx_line MATCHES "\"([0-9.]+)\"")
      set(libpqxx_VERSION "${CMAKE_MATCH_1}")
    endif()
  endforeach()
endif()

include(FindPackageHandleStandardArgs)
find_package_handle_standard_args(libpqxx
  REQUIRED_VARS LIBPQXX_LIBRARY LIBPQXX_INCLUDE_DIR PostgreSQL_FOUND
  VERSION_VAR libpqxx_VERSION HANDLE_VERSION_RANGE)

if(libpqxx_FOUND AND NOT TARGET libpqxx::pqxx)
  add_library(libpqxx::pqxx UNKNOWN IMPORTED)
  set_target_properties(libpqxx::pqxx PROPERTIES
    IMPORTED_LOCATION "${LIBPQXX_LIBRARY}"
    INTERFACE_INCLUDE_DIRECTORIES "${LIBPQXX_INCLUDE_DIR}"
    INTERFACE_LINK_LIBRARIES PostgreSQL::PostgreSQL)
endif()
