# Finds the core of prometheus-cpp alone. Its own package wants civetweb and curl, which only its
# server and its push gateway need.
#
#   find_package(prometheus_cpp_core)   gives the target prometheus_cpp_core::core

find_path(PROMETHEUS_CPP_CORE_INCLUDE_DIR NAMES prometheus/text_serializer.h)
find_library(PROMETHEUS_CPP_CORE_LIBRARY NAMES prometheus-cpp-core)
mark_as_advanced(PROMETHEUS_CPP_CORE_INCLUDE_DIR PROMETHEUS_CPP_CORE_LIBRARY)

include(FindPackageHandleStandardArgs)
find_package_handle_standard_args(prometheus_cpp_core
  REQUIRED_VARS PROMETHEUS_CPP_CORE_LIBRARY PROMETHEUS_CPP_CORE_INCLUDE_DIR)

if(prometheus_cpp_core_FOUND AND NOT TARGET prometheus_cpp_core::core)
  find_package(Threads REQUIRED)
  add_library(prometheus_cpp_core::core UNKNOWN IMPORTED)
  set_target_properties(prometheus_cpp_core::core PROPERTIES
    IMPORTED_LOCATION "${PROMETHEUS_CPP_CORE_LIBRARY}"
    INTERFACE_INCLUDE_DIRECTORIES "${PROMETHEUS_CPP_CORE_INCLUDE_DIR}"
    INTERFACE_LINK_LIBRARIES Threads::Threads)
endif()
