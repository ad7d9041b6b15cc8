# Builds Bora from the folder that BORA_SOURCE_DIR in the environment names: the sources that this port came
# with. A registry's copy of the port takes a release's archive instead (vcpkg_from_github with its SHA512).
vcpkg_check_linkage(ONLY_STATIC_LIBRARY)
if(NOT DEFINED ENV{BORA_SOURCE_DIR})
  get_filename_component(SOURCE_PATH "${CMAKE_CURRENT_LIST_DIR}/../../../.." ABSOLUTE)
else()
  set(SOURCE_PATH "$ENV{BORA_SOURCE_DIR}")
endif()

vcpkg_cmake_configure(
  SOURCE_PATH "${SOURCE_PATH}"
  OPTIONS
    -DBORA_BUILD_TESTS=OFF
    -DBORA_BUILD_SAMPLES=OFF
    -DBORA_BUILD_BENCH=OFF)
vcpkg_cmake_install()
vcpkg_copy_tools(TOOL_NAMES bora bora-db AUTO_CLEAN)
vcpkg_cmake_config_fixup(PACKAGE_NAME Bora CONFIG_PATH lib/cmake/Bora)
vcpkg_fixup_pkgconfig()

file(REMOVE_RECURSE "${CURRENT_PACKAGES_DIR}/debug/include" "${CURRENT_PACKAGES_DIR}/debug/share")
vcpkg_install_copyright(FILE_LIST "${SOURCE_PATH}/LICENSE")
