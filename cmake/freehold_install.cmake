# What `cmake --install` adds to the libraries and headers: the package for find_package(freehold).

include(CMakePackageConfigHelpers)
set(package_dir "${CMAKE_INSTALL_LIBDIR}/cmake/freehold")

install(EXPORT freehold NAMESPACE freehold:: FILE freeholdTargets.cmake
  DESTINATION "${package_dir}")
configure_package_config_file(cmake/freeholdConfig.cmake.in freeholdConfig.cmake
  INSTALL_DESTINATION "${package_dir}")
# Until 1.0 a minor version may change the interface.
write_basic_package_version_file(freeholdConfigVersion.cmake COMPATIBILITY SameMinorVersion)
install(
  FILES
    "${PROJECT_BINARY_DIR}/freeholdConfig.cmake"
    "${PROJECT_BINARY_DIR}/freeholdConfigVersion.cmake"
    cmake/freehold_dependencies.cmake
    cmake/FindCAF.cmake
    cmake/Findcpp_httplib.cmake
    cmake/Findlibpqxx.cmake
    cmake/Findprometheus_cpp_core.cmake
  DESTINATION "${package_dir}")
install(FILES LICENSE DESTINATION "${CMAKE_INSTALL_DOCDIR}")
