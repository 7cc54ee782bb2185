# Precompiled headers: the standard library, fmt and the test libraries take two thirds of the time that one
# of our sources compiles. Every source still includes what it uses: the tidy preset compiles without this.
if(CMAKE_CXX_CLANG_TIDY)
  set(CMAKE_DISABLE_PRECOMPILE_HEADERS ON)
endif()
file(CONFIGURE OUTPUT ${PROJECT_BINARY_DIR}/precompiled.cpp CONTENT "// Only here to compile headers.\n")
set(standard_headers <algorithm> <array> <charconv> <chrono> <compare> <cstdint> <cstring> <filesystem> <functional>
  <map> <memory> <optional> <set> <span> <string> <string_view> <utility> <vector>)

# target_precompile_headers(… REUSE_FROM bw_precompiled): for the library and the programs.
add_library(bw_precompiled OBJECT ${PROJECT_BINARY_DIR}/precompiled.cpp)
target_link_libraries(bw_precompiled PRIVATE fmt::fmt)
target_precompile_headers(bw_precompiled PRIVATE ${standard_headers} <fmt/format.h>)

# … REUSE_FROM bw_precompiled_tests: for the test programs, with their options. What asks the questions of a test need
# not be fast nor guide a fuzzer, and compiles in half the time then; the code under test is compiled as ever.
set(BW_TEST_OPTIONS -O0 -U_FORTIFY_SOURCE)
if(BW_SANITIZE AND CMAKE_CXX_COMPILER_ID STREQUAL "Clang")
  list(APPEND BW_TEST_OPTIONS -fno-sanitize=fuzzer-no-link)
endif()
if(BW_BUILD_TESTS)
  find_package(doctest REQUIRED)
  find_package(rapidcheck REQUIRED)
endif()
if(BW_BUILD_TESTS AND BW_UNIT_TESTS)
  add_library(bw_precompiled_tests OBJECT ${PROJECT_BINARY_DIR}/precompiled.cpp)
  target_link_libraries(bw_precompiled_tests PRIVATE fmt::fmt doctest::doctest rapidcheck)
  target_compile_options(bw_precompiled_tests PRIVATE ${BW_TEST_OPTIONS})
  target_precompile_headers(bw_precompiled_tests PRIVATE ${standard_headers} <fstream> <thread> <fmt/format.h>
    <doctest/doctest.h> <rapidcheck.h>)
endif()
