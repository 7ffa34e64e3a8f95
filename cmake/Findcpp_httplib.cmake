# Finds cpp-httplib as distributions package it: split into a header and a library, with a
# pkg-config file that says what it was compiled with.
#
#   find_package(cpp_httplib 0.11)   gives the target cpp_httplib::server
#
# What it was compiled with changes how its classes are laid out, so who includes the header needs
# the same definitions.

find_package(PkgConfig QUIET)
if(PKG_CONFIG_FOUND)
  pkg_check_modules(PC_CPP_HTTPLIB QUIET cpp-httplib)
endif()

find_path(CPP_HTTPLIB_INCLUDE_DIR NAMES httplib.h HINTS ${PC_CPP_HTTPLIB_INCLUDE_DIRS})
find_library(CPP_HTTPLIB_LIBRARY NAMES cpp-httplib HINTS ${PC_CPP_HTTPLIB_LIBRARY_DIRS})
mark_as_advanced(CPP_HTTPLIB_INCLUDE_DIR CPP_HTTPLIB_LIBRARY)

if(CPP_HTTPLIB_INCLUDE_DIR)
  file(STRINGS "${CPP_HTTPLIB_INCLUDE_DIR}/httplib.h" _cpp_httplib_line
       REGEX "define CPPHTTPLIB_VERSION \"" LIMIT_COUNT 1)
  if(_cpp_httplib_line MATCHES "\"([0-9.]+)\"")
    set(cpp_httplib_VERSION "${CMAKE_MATCH_1}")
  endif()
endif()

include(FindPackageHandleStandardArgs)
find_package_handle_standard_args(cpp_httplib
  REQUIRED_VARS CPP_HTTPLIB_LIBRARY CPP_HTTPLIB_INCLUDE_DIR
  VERSION_VAR cpp_httplib_VERSION)

if(cpp_httplib_FOUND AND NOT TARGET cpp_httplib::server)
  find_package(Threads REQUIRED)
  add_library(cpp_httplib::server UNKNOWN IMPORTED)
  set_target_properties(cpp_httplib::server PROPERTIES
    IMPORTED_LOCATION "${CPP_HTTPLIB_LIBRARY}"
    INTERFACE_INCLUDE_DIRECTORIES "${CPP_HTTPLIB_INCLUDE_DIR}"
    INTERFACE_COMPILE_OPTIONS "${PC_CPP_HTTPLIB_CFLAGS_OTHER}"
    INTERFACE_LINK_LIBRARIES Threads::Threads)
endif()
