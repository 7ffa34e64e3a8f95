# Writes a C++ source with the files of a folder in it: actors/dashboard_files.hpp declares it.
#   cmake -DOUTPUT=FILE -DFOLDER=FOLDER -P embed_files.cmake

file(GLOB files LIST_DIRECTORIES false "${FOLDER}/*")
list(SORT files)

set(arrays "")
set(entries "")
set(number 0)
foreach(file IN LISTS files)
  cmake_path(GET file FILENAME name)
  file(READ "${file}" bytes HEX)
  string(REGEX REPLACE "([0-9a-f][0-9a-f])" "'\\\\x\\1'," bytes "${bytes}")
  string(APPEND arrays "constexpr char file_${number}[]{${bytes}'\\0'};\n")
  string(APPEND entries
    "      {\"${name}\", std::string_view{file_${number}, sizeof file_${number} - 1}},\n")
  math(EXPR number "${number} + 1")
endforeach()

file(WRITE "${OUTPUT}" "// Made from the files of actors/dashboard.
#include \"actors/dashboard_files.hpp\"

namespace freehold {
namespace {
${arrays}} // namespace

std::vector<dashboard_file> dashboard_files() {
  return {
${entries}  };
}

} // namespace freehold
")
