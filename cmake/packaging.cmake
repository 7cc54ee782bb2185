# What `cmake --install` puts where, and the .deb that CPack makes of it.
#
# Who adds a file to man/, completions/, schemas/ or examples/ has nothing to do here: folders are
# taken as they are. Completions are named after their shell: bw.bash, bw.zsh, bw.fish.
include(CMakePackageConfigHelpers)

# Everything but the tests.
add_custom_target(product)
foreach(part bw bw-cli bw-hub)
  if(TARGET ${part})
    add_dependencies(product ${part})
  endif()
endforeach()

# Programs
foreach(program bw-cli bw-hub)
  if(TARGET ${program})
    install(TARGETS ${program} RUNTIME DESTINATION ${CMAKE_INSTALL_BINDIR})
  endif()
endforeach()

# The library, for CMake and for pkg-config
target_compile_features(bw INTERFACE cxx_std_20)
set(package_folder ${CMAKE_INSTALL_LIBDIR}/cmake/bw)
install(TARGETS bw EXPORT bwTargets ARCHIVE DESTINATION ${CMAKE_INSTALL_LIBDIR})
install(EXPORT bwTargets NAMESPACE bw:: DESTINATION ${package_folder})
get_property(floors GLOBAL PROPERTY BW_FLOORS)
foreach(floor IN LISTS floors)
  file(GLOB_RECURSE headers CONFIGURE_DEPENDS ${PROJECT_SOURCE_DIR}/libbw/${floor}/*.h)
  if(headers)
    install(DIRECTORY libbw/${floor} DESTINATION ${CMAKE_INSTALL_INCLUDEDIR}/bw
      FILES_MATCHING PATTERN "*.h" PATTERN "test_*.h" EXCLUDE)
  endif()
endforeach()
configure_package_config_file(cmake/bwConfig.cmake.in ${PROJECT_BINARY_DIR}/bwConfig.cmake
  INSTALL_DESTINATION ${package_folder})
write_basic_package_version_file(${PROJECT_BINARY_DIR}/bwConfigVersion.cmake COMPATIBILITY SameMinorVersion)
install(FILES ${PROJECT_BINARY_DIR}/bwConfig.cmake ${PROJECT_BINARY_DIR}/bwConfigVersion.cmake
  DESTINATION ${package_folder})
# Relative to the .pc file itself, so that the prefix can be chosen at installation.
file(RELATIVE_PATH BW_PREFIX_FROM_PC /prefix/${CMAKE_INSTALL_LIBDIR}/pkgconfig /prefix)
configure_file(cmake/bw.pc.in ${PROJECT_BINARY_DIR}/bw.pc @ONLY)
install(FILES ${PROJECT_BINARY_DIR}/bw.pc DESTINATION ${CMAKE_INSTALL_LIBDIR}/pkgconfig)

# Pages, written or generated; completions; schemas for editors; templates to read and copy
foreach(folder ${PROJECT_SOURCE_DIR}/man ${PROJECT_BINARY_DIR}/man)
  install(DIRECTORY ${folder}/ DESTINATION ${CMAKE_INSTALL_MANDIR}/man1 OPTIONAL FILES_MATCHING PATTERN "*.1")
endforeach()
install(FILES completions/bw.bash DESTINATION ${CMAKE_INSTALL_DATADIR}/bash-completion/completions RENAME bw)
install(FILES completions/bw.fish DESTINATION ${CMAKE_INSTALL_DATADIR}/fish/vendor_completions.d)
# Debian's zsh reads site-functions below /usr/local, but vendor-completions below /usr.
install(CODE "
  if(CMAKE_INSTALL_PREFIX MATCHES \"/usr$\")
    set(folder vendor-completions)
  else()
    set(folder site-functions)
  endif()
  file(INSTALL \"${PROJECT_SOURCE_DIR}/completions/_bw\"
    DESTINATION \"\${CMAKE_INSTALL_PREFIX}/${CMAKE_INSTALL_DATADIR}/zsh/\${folder}\")")
install(DIRECTORY schemas examples DESTINATION ${CMAKE_INSTALL_DATADIR}/bw OPTIONAL)
configure_file(cmake/copyright.in ${PROJECT_BINARY_DIR}/copyright COPYONLY)
install(FILES ${PROJECT_BINARY_DIR}/copyright DESTINATION ${CMAKE_INSTALL_DOCDIR})
install(FILES README.md README.zh-CN.md CHANGELOG.md DESTINATION ${CMAKE_INSTALL_DOCDIR} OPTIONAL)
install(DIRECTORY docs/ DESTINATION ${CMAKE_INSTALL_DOCDIR} OPTIONAL FILES_MATCHING PATTERN "*.md")

# The package: git carries worlds over the network, ssh-keygen and ssh-agent hold and use the keys.
set(CPACK_GENERATOR DEB)
set(CPACK_PACKAGE_NAME bw)
set(CPACK_PACKAGE_DIRECTORY ${PROJECT_BINARY_DIR}/package)
set(CPACK_PACKAGING_INSTALL_PREFIX /usr)
set(CPACK_STRIP_FILES ON)
set(CPACK_PACKAGE_CONTACT "The BetterWorld contributors <contributors@bw.invalid>")
set(CPACK_PACKAGE_DESCRIPTION_SUMMARY "signed, forkable, provable worlds for public-good projects")
set(CPACK_PACKAGE_DESCRIPTION "bw runs public-good projects in the open. A project is a world: a signed Git
repository with a definition of its goals and rules, and an append-only, provable
log of what people did for them. Worlds are forked, merged and audited like code,
without asking a platform.
.
The package holds the program, the JSON Schemas and templates of definitions, and
the C++ library libbw with its headers.")
set(CPACK_DEBIAN_FILE_NAME DEB-DEFAULT)
set(CPACK_DEBIAN_PACKAGE_SECTION vcs)
set(CPACK_DEBIAN_PACKAGE_SHLIBDEPS ON)
set(CPACK_DEBIAN_PACKAGE_DEPENDS "git (>= 1:2.34), openssh-client (>= 1:8.9), libgit2-${git2_soversion}, \
libpng16-16 | libpng16-16t64, libexpat1")
set(CPACK_DEBIAN_PACKAGE_RECOMMENDS "ca-certificates")
set(CPACK_DEBIAN_PACKAGE_SUGGESTS "g++, libcsv-dev, libfmt-dev, libgit2-dev, libqrcodegencpp-dev, libsodium-dev, \
libssl-dev, libutf8proc-dev, libyaml-cpp-dev, nlohmann-json3-dev, pkgconf")
include(CPack)
