# `cpack` in the build folder: the Debian packages bora (the programs), libbora-dev (to build with) and, where
# BUILD_SHARED_LIBS is on, libbora0.2 (to run with). `./dev packages` makes and tries them.

set(CPACK_GENERATOR DEB)
set(CPACK_PACKAGE_NAME bora)
set(CPACK_PACKAGE_VENDOR "The Bora authors")
# Who publishes packages has to set the maintainer.
set(BORA_PACKAGE_CONTACT "The Bora authors <bora@example.org>" CACHE STRING "Maintainer of the packages that CPack makes")
set(CPACK_PACKAGE_CONTACT "${BORA_PACKAGE_CONTACT}")
set(CPACK_PACKAGE_DESCRIPTION_SUMMARY "web framework: Tornado for C++, compiled")
set(CPACK_PACKAGE_DESCRIPTION
"Bora compiles Tornado-style templates and a manifest of routes to C++, and serves
them with a small non-blocking runtime: HTTP, WebSocket, coroutines, an HTTP client,
PostgreSQL, Redis and SQLite.")
set(CPACK_RESOURCE_FILE_LICENSE ${PROJECT_SOURCE_DIR}/LICENSE)
set(CPACK_PACKAGING_INSTALL_PREFIX /usr)
set(CPACK_STRIP_FILES ON)
set(CPACK_INSTALL_DEFAULT_DIRECTORY_PERMISSIONS OWNER_READ OWNER_WRITE OWNER_EXECUTE
  GROUP_READ GROUP_EXECUTE WORLD_READ WORLD_EXECUTE)

set(CPACK_COMPONENTS_GROUPING ONE_PER_GROUP)
set(CPACK_DEB_COMPONENT_INSTALL ON)
set(CPACK_COMPONENTS_ALL bora libbora-dev)
set(CPACK_DEBIAN_FILE_NAME DEB-DEFAULT)
set(CPACK_DEBIAN_PACKAGE_RELEASE 1)
set(CPACK_DEBIAN_PACKAGE_HOMEPAGE "")
set(CPACK_DEBIAN_PACKAGE_SHLIBDEPS ON)
set(CPACK_DEBIAN_PACKAGE_CONTROL_STRICT_PERMISSION ON)

set(CPACK_DEBIAN_BORA_PACKAGE_NAME bora)
set(CPACK_DEBIAN_BORA_PACKAGE_SECTION devel)
set(CPACK_COMPONENT_BORA_DESCRIPTION
"compiler of templates and routes, and its tools
 The program bora begins projects, compiles their templates and routes
 when CMake asks for it, follows edits (bora dev) and explains mistakes;
 bora-db applies migrations.")

set(CPACK_DEBIAN_LIBBORA-DEV_PACKAGE_NAME libbora-dev)
set(CPACK_DEBIAN_LIBBORA-DEV_PACKAGE_SECTION libdevel)
set(CPACK_DEBIAN_LIBBORA-DEV_PACKAGE_DEPENDS
  "bora (= ${PROJECT_VERSION}-1), libssl-dev (>= 3.0), zlib1g-dev")
set(CPACK_DEBIAN_LIBBORA-DEV_PACKAGE_RECOMMENDS "cmake (>= 3.25), clang-19, lld-19, ninja-build")
set(CPACK_DEBIAN_LIBBORA-DEV_PACKAGE_SUGGESTS
  "libpq-dev (>= 14), libhiredis-dev, libsqlite3-dev, nlohmann-json3-dev, ccache")
set(CPACK_COMPONENT_LIBBORA-DEV_DESCRIPTION
"headers, libraries and the CMake package
 What a web application in C++20 is built with: find_package(Bora) and
 bora_add_app(). The documentation is in /usr/share/doc/Bora.")

if(BUILD_SHARED_LIBS)
  set(libbora libbora${PROJECT_VERSION_MAJOR}.${PROJECT_VERSION_MINOR})
  list(APPEND CPACK_COMPONENTS_ALL libbora)
  set(CPACK_DEBIAN_LIBBORA_PACKAGE_NAME ${libbora})
  set(CPACK_DEBIAN_LIBBORA_PACKAGE_SECTION libs)
  set(CPACK_COMPONENT_LIBBORA_DESCRIPTION
"shared libraries
 What applications that are linked with Bora's shared libraries need
 where they run.")
  string(APPEND CPACK_DEBIAN_LIBBORA-DEV_PACKAGE_DEPENDS ", ${libbora} (= ${PROJECT_VERSION}-1)")
  set(CPACK_DEBIAN_BORA_PACKAGE_DEPENDS "${libbora} (= ${PROJECT_VERSION}-1)")
  set(CPACK_DEBIAN_PACKAGE_GENERATE_SHLIBS ON)
  file(WRITE ${PROJECT_BINARY_DIR}/packages/triggers "activate-noawait ldconfig\n")
  set(CPACK_DEBIAN_LIBBORA_PACKAGE_CONTROL_EXTRA ${PROJECT_BINARY_DIR}/packages/triggers)
  # Here dpkg-shlibdeps finds Bora's own libraries.
  foreach(layer IN LISTS bora_layers)
    get_target_property(folder ${layer} BINARY_DIR)
    list(APPEND CPACK_DEBIAN_PACKAGE_SHLIBDEPS_PRIVATE_DIRS ${folder})
  endforeach()
  list(REMOVE_DUPLICATES CPACK_DEBIAN_PACKAGE_SHLIBDEPS_PRIVATE_DIRS)
endif()

# Debian's policy requires these two in each package: the licence and the changelog.
find_program(BORA_GZIP gzip)
mark_as_advanced(BORA_GZIP)
string(TIMESTAMP year "%Y")
set(copyright ${PROJECT_BINARY_DIR}/packages/copyright)
file(WRITE ${copyright}
"Format: https://www.debian.org/doc/packaging-manuals/copyright-format/1.0/
Upstream-Name: bora

Files: *
Copyright: ${year} The Bora authors
License: Apache-2.0
 On Debian systems the full text of the licence is in /usr/share/common-licenses/Apache-2.0.
")
set(changes ${PROJECT_BINARY_DIR}/packages/changelog)
file(WRITE ${changes}
"bora (${PROJECT_VERSION}-1) unstable; urgency=medium

  * Version ${PROJECT_VERSION}: CHANGELOG.md tells what is new.

 -- ${BORA_PACKAGE_CONTACT}  Mon, 30 Nov 2026 12:00:00 +0000
")
if(BORA_GZIP)
  execute_process(COMMAND ${BORA_GZIP} -9nkf ${changes})
  foreach(component IN LISTS CPACK_COMPONENTS_ALL)
    string(TOUPPER ${component} upper)
    set(doc ${CMAKE_INSTALL_DATAROOTDIR}/doc/${CPACK_DEBIAN_${upper}_PACKAGE_NAME})
    install(FILES ${copyright} DESTINATION ${doc} COMPONENT ${component} EXCLUDE_FROM_ALL)
    install(FILES ${changes}.gz DESTINATION ${doc} RENAME changelog.Debian.gz
      COMPONENT ${component} EXCLUDE_FROM_ALL)
  endforeach()
endif()

include(CPack)
