# How every target of this project is built.

# Language, warnings and private includes ("actors/supervisor.hpp").
function(freehold_target_defaults target)
  target_compile_features(${target} PUBLIC cxx_std_20)
  set_target_properties(${target} PROPERTIES CXX_EXTENSIONS OFF)
  # A designated initialiser may leave out the members that keep their defaults.
  target_compile_options(${target} PRIVATE -Wall -Wextra -Wpedantic -Wconversion
    -Wno-missing-field-initializers)
  # Files compiled together see each other's constants, which a local name may well hide, and are
  # taken for a header that has an unnamed namespace.
  if(NOT CMAKE_UNITY_BUILD)
    target_compile_options(${target} PRIVATE -Wshadow)
  elseif(CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
    target_compile_options(${target} PRIVATE -Wshadow=local -Wno-subobject-linkage)
    # So much lives to the end of such a compilation that collecting garbage earlier is time lost.
    target_compile_options(${target} PRIVATE --param=ggc-min-heapsize=1048576) # KiB
  endif()
  target_include_directories(${target} PRIVATE "${PROJECT_SOURCE_DIR}")
endfunction()

# For what the simulation runs some millions of times. With sanitizers nothing else is optimised,
# as the preset says: with all their checks that takes Clang longer than the rest of its work.
function(freehold_optimise_sanitized target)
  if(CMAKE_CXX_FLAGS_DEBUG MATCHES "sanitize")
    target_compile_options(${target} PRIVATE $<$<CONFIG:Debug>:-O1>)
  endif()
endfunction()

# One component: the folder's sources, its public headers, its alias freehold::EXPORTED_NAME.
function(freehold_add_component target exported_name)
  file(GLOB sources CONFIGURE_DEPENDS "${CMAKE_CURRENT_SOURCE_DIR}/*.cpp")
  file(GLOB headers CONFIGURE_DEPENDS "${CMAKE_CURRENT_SOURCE_DIR}/include/freehold/*.hpp")
  add_library(${target} STATIC ${sources})
  add_library(freehold::${exported_name} ALIAS ${target})
  freehold_target_defaults(${target})
  target_sources(${target} PUBLIC
    FILE_SET HEADERS BASE_DIRS "${CMAKE_CURRENT_SOURCE_DIR}/include" FILES ${headers})
  set_target_properties(${target} PROPERTIES
    EXPORT_NAME ${exported_name}
    POSITION_INDEPENDENT_CODE ON)
  install(TARGETS ${target} EXPORT freehold
    ARCHIVE DESTINATION "${CMAKE_INSTALL_LIBDIR}"
    FILE_SET HEADERS DESTINATION "${CMAKE_INSTALL_INCLUDEDIR}")
endfunction()
