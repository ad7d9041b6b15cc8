# `cmake --install`: lib/, include/bora/, bin/bora, the CMake package in lib/cmake/Bora and the pkg-config
# files in lib/pkgconfig. Three components, which become the Debian packages of their names (BoraPackages.cmake):
# `bora` (the programs), `libbora-dev` (to build with) and, of shared libraries, `libbora` (to run with).
include(CMakePackageConfigHelpers)

set(bora_package_dir ${CMAKE_INSTALL_LIBDIR}/cmake/Bora)
get_property(bora_layers GLOBAL PROPERTY BORA_LAYERS)

# Shared libraries find each other, and programs find them, in any prefix. Packages leave that to the system, by
# -DCMAKE_SKIP_INSTALL_RPATH=ON.
if(BUILD_SHARED_LIBS)
  set_target_properties(${bora_layers} PROPERTIES INSTALL_RPATH "$ORIGIN")
  set_target_properties(bora bora_db PROPERTIES INSTALL_RPATH "$ORIGIN/../${CMAKE_INSTALL_LIBDIR}")
endif()

install(TARGETS ${bora_layers} EXPORT BoraTargets
  ARCHIVE DESTINATION ${CMAKE_INSTALL_LIBDIR} COMPONENT libbora-dev
  LIBRARY DESTINATION ${CMAKE_INSTALL_LIBDIR} COMPONENT libbora NAMELINK_COMPONENT libbora-dev)
install(TARGETS bora bora_db EXPORT BoraTargets
  RUNTIME DESTINATION ${CMAKE_INSTALL_BINDIR} COMPONENT bora)
install(DIRECTORY runtime/include/bora DESTINATION ${CMAKE_INSTALL_INCLUDEDIR} COMPONENT libbora-dev
  FILES_MATCHING PATTERN *.h)
install(DIRECTORY docs/ DESTINATION ${CMAKE_INSTALL_DOCDIR} COMPONENT libbora-dev
  FILES_MATCHING PATTERN *.md PATTERN *.png)

install(EXPORT BoraTargets NAMESPACE Bora:: DESTINATION ${bora_package_dir} COMPONENT libbora-dev)
configure_package_config_file(${CMAKE_CURRENT_LIST_DIR}/BoraConfig.cmake.in
  ${PROJECT_BINARY_DIR}/BoraConfig.cmake INSTALL_DESTINATION ${bora_package_dir})
write_basic_package_version_file(${PROJECT_BINARY_DIR}/BoraConfigVersion.cmake
  COMPATIBILITY SameMinorVersion)
install(FILES
  ${PROJECT_BINARY_DIR}/BoraConfig.cmake
  ${PROJECT_BINARY_DIR}/BoraConfigVersion.cmake
  compiler/cmake/BoraApp.cmake
  compiler/cmake/BoraLanguage.cmake
  compiler/cmake/BoraLinkStatic.cmake
  compiler/cmake/BoraLTO.cmake
  cmake/FindHiredis.cmake
  cmake/FindLibpq.cmake
  DESTINATION ${bora_package_dir} COMPONENT libbora-dev)

# The names of third-party libraries in pkg-config.
set(bora_pkg_OpenSSL::SSL libssl)
set(bora_pkg_OpenSSL::Crypto libcrypto)
set(bora_pkg_ZLIB::ZLIB zlib)
set(bora_pkg_Libpq::libpq libpq)
set(bora_pkg_Hiredis::hiredis hiredis)
set(bora_pkg_SQLite3::SQLite3 sqlite3)

# bora-NAME.pc, for builds without CMake: `pkg-config --cflags --libs bora-web`. With a static library, the program
# also links the libraries that it needs; a shared one has linked them itself.
file(RELATIVE_PATH bora_pkg_up "/${CMAKE_INSTALL_LIBDIR}/pkgconfig" "/")
function(_bora_write_pkg_config target)
  string(REPLACE "bora_" "" name ${target})
  string(REPLACE "_" "-" package "bora-${name}")
  set(requires "")
  set(libs "-lbora_${name}")
  get_target_property(links ${target} LINK_LIBRARIES)
  if(NOT links)
    set(links "")
  endif()
  foreach(link IN LISTS links)
    if(link MATCHES "^Bora::(.*)$")
      string(REPLACE "_" "-" other "bora-${CMAKE_MATCH_1}")
      list(APPEND requires "${other} = ${PROJECT_VERSION}")
    elseif(BUILD_SHARED_LIBS OR link MATCHES "BUILD_INTERFACE")
      continue()
    elseif(DEFINED bora_pkg_${link})
      list(APPEND requires ${bora_pkg_${link}})
    elseif(link STREQUAL "Threads::Threads")
      string(APPEND libs " -pthread")
    elseif(NOT link MATCHES "::")
      string(APPEND libs " -l${link}")
    endif()
  endforeach()
  list(JOIN requires ", " requires)
  file(GENERATE OUTPUT ${PROJECT_BINARY_DIR}/pkgconfig/${package}.pc CONTENT
"prefix=\${pcfiledir}/${bora_pkg_up}
libdir=\${prefix}/${CMAKE_INSTALL_LIBDIR}
includedir=\${prefix}/${CMAKE_INSTALL_INCLUDEDIR}

Name: ${package}
Description: ${PROJECT_DESCRIPTION}: the library ${name}
Version: ${PROJECT_VERSION}
Requires: ${requires}
Libs: -L\${libdir} ${libs}
Cflags: -I\${includedir} -std=c++20
")
  install(FILES ${PROJECT_BINARY_DIR}/pkgconfig/${package}.pc
    DESTINATION ${CMAKE_INSTALL_LIBDIR}/pkgconfig COMPONENT libbora-dev)
endfunction()
foreach(layer IN LISTS bora_layers)
  _bora_write_pkg_config(${layer})
endforeach()

# The same as CPS, for tools that read no CMake: lib/cps/libbora/libbora.cps, the components core, net, http, web and so
# on. It has another name than the CMake package, which is more (bora_add_app(), `bora` as a target): find_package(Bora)
# must not find this. What stands on libraries for which CMake has no module of its own is left to pkg-config.
if(CMAKE_VERSION VERSION_GREATER_EQUAL 4.3)
  set(bora_cps_layers ${bora_layers})
  list(REMOVE_ITEM bora_cps_layers
    bora_postgres bora_postgres_engine bora_redis bora_redis_engine bora_redis_stores bora_sqlite)
  install(TARGETS ${bora_cps_layers} EXPORT BoraLibraries
    ARCHIVE DESTINATION ${CMAKE_INSTALL_LIBDIR} COMPONENT libbora-dev
    LIBRARY DESTINATION ${CMAKE_INSTALL_LIBDIR} COMPONENT libbora NAMELINK_COMPONENT libbora-dev)
  install(PACKAGE_INFO libbora EXPORT BoraLibraries DESTINATION ${CMAKE_INSTALL_LIBDIR}/cps/libbora
    VERSION ${PROJECT_VERSION} COMPAT_VERSION ${PROJECT_VERSION_MAJOR}.${PROJECT_VERSION_MINOR}.0
    VERSION_SCHEMA simple LICENSE "Apache-2.0" DESCRIPTION "${PROJECT_DESCRIPTION}" COMPONENT libbora-dev)
endif()

if(PROJECT_IS_TOP_LEVEL)
  include(BoraPackages)
endif()
