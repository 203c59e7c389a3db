# How the C++ tests are built: one program for each folder, and sources that must not compile.
option(QF_REQUIRE_TESTS "Stop where the libraries of the C++ tests are missing, instead of building without" OFF)
if(QF_REQUIRE_TESTS)
  find_package(GTest REQUIRED)
  find_package(rapidcheck REQUIRED)
else()
  find_package(GTest QUIET)
  find_package(rapidcheck QUIET)
endif()
if(NOT GTest_FOUND OR NOT rapidcheck_FOUND)
  message(STATUS "Without GoogleTest and RapidCheck no C++ tests are built: scripts/setup test brings them")
endif()
include(GoogleTest)

# The sources of FOLDER in one program NAME, each TEST known to ctest by its own name.
# A folder without tests makes no program.
function(qf_test_program name folder)
  file(GLOB sources CONFIGURE_DEPENDS ${folder}/*.cpp ${folder}/*.h)
  if(NOT sources OR NOT GTest_FOUND OR NOT rapidcheck_FOUND)
    return()
  endif()
  add_executable(${name} ${sources})
  qf_our_sources(${name})
  target_include_directories(${name} PRIVATE ${CMAKE_CURRENT_SOURCE_DIR})
  target_compile_definitions(${name} PRIVATE
    QF_TESTS_DIR="${CMAKE_CURRENT_SOURCE_DIR}" QF_PROGRAM="$<TARGET_FILE:qf-dataset>")
  target_link_libraries(${name} PRIVATE
    qf_dataset qf_simdjson_headers qf::arrow qf::parquet fmt::fmt nlohmann_json::nlohmann_json qf::tomlplusplus
    yaml-cpp SQLite::SQLite3 OpenSSL::Crypto qf::sodium ZLIB::ZLIB qf::zstd GTest::gmock rapidcheck GTest::gtest_main)
  target_precompile_headers(${name} PRIVATE
    <algorithm> <array> <chrono> <cstdint> <filesystem> <fstream> <functional> <map> <memory> <optional> <set> <span>
    <sstream> <string> <string_view> <unordered_map> <utility> <variant> <vector> <gmock/gmock.h> <gtest/gtest.h>)
  gtest_discover_tests(${name} WORKING_DIRECTORY ${CMAKE_SOURCE_DIR} DISCOVERY_TIMEOUT 60 PROPERTIES TIMEOUT 300)
endfunction()

# A source that must not compile, though it does with QF_EXPECT_COMPILES: so nothing else is wrong with it.
function(qf_compile_failure source)
  get_filename_component(name ${source} NAME_WE)
  set(compile ${CMAKE_CXX_COMPILER} -std=c++20 -fsyntax-only)
  foreach(target qf_dataset fmt::fmt qf::expected)
    list(APPEND compile "-I$<JOIN:$<TARGET_PROPERTY:${target},INTERFACE_INCLUDE_DIRECTORIES>,$<SEMICOLON>-I>")
  endforeach()
  list(APPEND compile ${source})
  add_test(NAME compile_fail.${name}.refused COMMAND ${compile} COMMAND_EXPAND_LISTS)
  set_tests_properties(compile_fail.${name}.refused PROPERTIES WILL_FAIL ON)
  add_test(NAME compile_fail.${name}.otherwise_fine COMMAND ${compile} -DQF_EXPECT_COMPILES COMMAND_EXPAND_LISTS)
endfunction()
