# What our own build needs: the library's dependencies, the program's, and simdjson's source.
set(QF_PYTHON ${CMAKE_SOURCE_DIR}/.venv/bin/python CACHE FILEPATH "Python whose pyarrow is linked")
include(find_dependencies)
find_package(spdlog REQUIRED)
find_package(CLI11 REQUIRED)
if(QF_ARROW_FROM_WHEEL)
  list(APPEND CMAKE_INSTALL_RPATH ${QF_PYARROW_LIBRARIES})
endif()

# simdjson: compiled privately from a pinned source distribution. Arrow exports symbols of another
# simdjson, and whichever comes first would win; static and hidden, ours is never mistaken for it.
set(QF_SIMDJSON_SOURCE ${CMAKE_SOURCE_DIR}/.deps/simdjson CACHE PATH "Folder with simdjson.h and simdjson.cpp")
if(NOT EXISTS ${QF_SIMDJSON_SOURCE}/simdjson.cpp)
  message(FATAL_ERROR "simdjson's sources are not in ${QF_SIMDJSON_SOURCE}: run scripts/setup")
endif()
file(STRINGS ${QF_SIMDJSON_SOURCE}/simdjson.h QF_SIMDJSON_LINE REGEX "define SIMDJSON_VERSION \"" LIMIT_COUNT 1)
string(REGEX REPLACE ".*\"(.*)\".*" "\\1" QF_SIMDJSON_VERSION "${QF_SIMDJSON_LINE}")
set(QF_SIMDJSON_ORIGIN "private copy ${QF_SIMDJSON_VERSION}")
add_library(qf_simdjson OBJECT ${QF_SIMDJSON_SOURCE}/simdjson.cpp)
target_compile_options(qf_simdjson PRIVATE -O3 -fvisibility=hidden -fvisibility-inlines-hidden)
# The headers alone; the objects go into the library itself, so that a consumer never sees either.
add_library(qf_simdjson_headers INTERFACE)
target_include_directories(qf_simdjson_headers SYSTEM INTERFACE ${QF_SIMDJSON_SOURCE})
target_link_libraries(qf_simdjson PRIVATE qf_simdjson_headers)
