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
pkg_check_modules(git2 REQUIRED IMPORTED_TARGET libgit2)
pkg_check_modules(utf8proc REQUIRED IMPORTED_TARGET libutf8proc)
pkg_check_modules(sqlite3 REQUIRED IMPORTED_TARGET sqlite3)

# These come without a description of themselves: find them now rather than fail in the last link.
find_library(CSV_LIBRARY csv REQUIRED)
find_library(QRCODEGEN_LIBRARY qrcodegencpp REQUIRED)
find_library(SOCI_SQLITE3_LIBRARY soci_sqlite3 REQUIRED)
find_path(VALIJSON_INCLUDE valijson/validator.hpp REQUIRED)
mark_as_advanced(CSV_LIBRARY QRCODEGEN_LIBRARY SOCI_SQLITE3_LIBRARY VALIJSON_INCLUDE)
