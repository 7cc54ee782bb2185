# Every dependency is a Debian package; `./run setup` installs them all. What an installed libbw.a
# needs to be linked is said once more in bwConfig.cmake.in and bw.pc.in.
find_package(PkgConfig REQUIRED)
find_package(Threads REQUIRED)
find_package(OpenSSL REQUIRED COMPONENTS Crypto)
find_package(ZLIB REQUIRED)
find_package(fmt REQUIRED)
find_package(yaml-cpp REQUIRED)
find_package(nlohmann_json REQUIRED)
find_package(CLI11 REQUIRED)
pkg_check_modules(sodium REQUIRED IMPORTED_TARGET libsodium)
pkg_check_modules(git2 REQUIRED IMPORTED_TARGET libgit2)  # its headers; the program loads it when it needs it
string(REGEX MATCH "^[0-9]+\\.[0-9]+" git2_soversion "${git2_VERSION}")
# Their headers: they are loaded when a picture is read or drawn (libbw/credential/picture_libraries.h).
pkg_check_modules(png REQUIRED IMPORTED_TARGET libpng)
pkg_check_modules(expat REQUIRED IMPORTED_TARGET expat)
pkg_check_modules(utf8proc REQUIRED IMPORTED_TARGET libutf8proc)
pkg_check_modules(sqlite3 REQUIRED IMPORTED_TARGET sqlite3)

# These come without a description of themselves: find them now rather than fail in the last link.
find_library(CSV_LIBRARY csv REQUIRED)
find_library(QRCODEGEN_LIBRARY qrcodegencpp REQUIRED)
find_library(SOCI_SQLITE3_LIBRARY soci_sqlite3 REQUIRED)
find_path(VALIJSON_INCLUDE valijson/validator.hpp REQUIRED)

# bw_archive(VARIABLE LIBRARY TARGET): the static form of a library where the system has one, to be built with, and its
# usual TARGET otherwise and for those who use the installed libbw. Each shared library costs a short command 0.1 to
# 0.8 ms at its start, as much as its work; these here take no input that was not checked before, or are a digest.
function(bw_archive variable library target)
  find_library(BW_ARCHIVE_${library} lib${library}.a)
  mark_as_advanced(BW_ARCHIVE_${library})
  if(BW_ARCHIVE_${library})
    set(${variable} "$<BUILD_INTERFACE:${BW_ARCHIVE_${library}}>" "$<INSTALL_INTERFACE:${target}>" PARENT_SCOPE)
  else()
    set(${variable} ${target} PARENT_SCOPE)
    set(BW_ALL_ARCHIVES OFF PARENT_SCOPE)
  endif()
endfunction()
set(BW_ALL_ARCHIVES ON)
bw_archive(crypto_library crypto OpenSSL::Crypto)
bw_archive(zlib_library z ZLIB::ZLIB)
bw_archive(utf8proc_library utf8proc PkgConfig::utf8proc)
bw_archive(yaml_library yaml-cpp yaml-cpp)
bw_archive(csv_library csv csv)
bw_archive(qrcodegen_library qrcodegencpp qrcodegencpp)

mark_as_advanced(CSV_LIBRARY QRCODEGEN_LIBRARY SOCI_SQLITE3_LIBRARY VALIJSON_INCLUDE)
