# Warnings are errors everywhere, so that a warning never becomes background noise.
find_program(CCACHE ccache)
if(CCACHE)
  # Paths relative to the source folder, so that clones and presets share what they compiled.
  set(CMAKE_CXX_COMPILER_LAUNCHER ${CMAKE_COMMAND} -E env CCACHE_BASEDIR=${PROJECT_SOURCE_DIR}
    CCACHE_NOHASHDIR=1 CCACHE_SLOPPINESS=pch_defines,time_macros ${CCACHE})
endif()
find_program(MOLD mold)
if(MOLD)
  add_link_options(-fuse-ld=mold)
endif()

add_compile_options(-Wall -Wextra -Wpedantic -Wshadow -Wconversion -Wnon-virtual-dtor
  -Woverloaded-virtual -Werror -fstack-protector-strong)
# GCC 12 sees overlapping, endless and uninitialised strings where there are none (GCC bugs 105651, 105329, 105762,
# 105562). Clang reads every source as well, and the sanitizers run it.
if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU" AND CMAKE_CXX_COMPILER_VERSION VERSION_LESS 13)
  add_compile_options(-Wno-restrict -Wno-array-bounds -Wno-stringop-overflow -Wno-stringop-overread
    -Wno-maybe-uninitialized)
endif()
# libgit2's own initialisers (GIT_…_OPTIONS_INIT) name only the first fields; GCC knows that of C macros.
if(CMAKE_CXX_COMPILER_ID STREQUAL "Clang")
  add_compile_options(-Wno-missing-field-initializers)
endif()
# A shared library that nothing calls would still be loaded at every start.
add_link_options(-Wl,--as-needed)

option(BW_SANITIZE "Build with AddressSanitizer and UndefinedBehaviorSanitizer; fuzz targets with clang" OFF)
if(BW_SANITIZE)
  add_compile_options(-fsanitize=address,undefined -fno-sanitize-recover=all -fno-omit-frame-pointer)
  add_link_options(-fsanitize=address,undefined)
  if(CMAKE_CXX_COMPILER_ID STREQUAL "Clang")
    add_compile_options(-fsanitize=fuzzer-no-link)  # coverage, which tells libFuzzer where it has been
  endif()
elseif(CMAKE_BUILD_TYPE STREQUAL "Release")
  add_compile_options(-D_FORTIFY_SOURCE=2)
endif()

# clang-tidy reads a file again when its command has changed, hence also when its rules have.
if(CMAKE_CXX_CLANG_TIDY)
  file(SHA256 ${PROJECT_SOURCE_DIR}/.clang-tidy tidy_rules)
  add_compile_definitions(BW_TIDY_RULES=0x${tidy_rules})
  set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS ${PROJECT_SOURCE_DIR}/.clang-tidy)
endif()
