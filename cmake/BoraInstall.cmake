# `cmake --install`: lib/, include/bora/, bin/bora and the CMake package in lib/cmake/Bora.
include(CMakePackageConfigHelpers)

set(bora_package_dir ${CMAKE_INSTALL_LIBDIR}/cmake/Bora)
get_property(bora_layers GLOBAL PROPERTY BORA_LAYERS)

install(TARGETS ${bora_layers} bora bora_db EXPORT BoraTargets
  ARCHIVE DESTINATION ${CMAKE_INSTALL_LIBDIR}
  LIBRARY DESTINATION ${CMAKE_INSTALL_LIBDIR}
  RUNTIME DESTINATION ${CMAKE_INSTALL_BINDIR})
install(DIRECTORY runtime/include/bora DESTINATION ${CMAKE_INSTALL_INCLUDEDIR} FILES_MATCHING PATTERN *.h)
install(DIRECTORY docs/ DESTINATION ${CMAKE_INSTALL_DOCDIR} FILES_MATCHING PATTERN *.md PATTERN *.png)

install(EXPORT BoraTargets NAMESPACE Bora:: DESTINATION ${bora_package_dir})
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
  DESTINATION ${bora_package_dir})
