# Finds standalone Asio (headers only). Makes the target Asio::Asio.
# Honours an existing target of that name (or asio::asio) and asio_ROOT.

if(TARGET Asio::Asio)
  set(Asio_FOUND TRUE)
  return()
endif()
if(TARGET asio::asio)
  add_library(Asio::Asio ALIAS asio::asio)
  set(Asio_FOUND TRUE)
  return()
endif()

find_path(Asio_INCLUDE_DIR asio/io_context.hpp HINTS ${asio_ROOT} ENV asio_ROOT PATH_SUFFIXES include)
if(Asio_INCLUDE_DIR)
  file(STRINGS "${Asio_INCLUDE_DIR}/asio/version.hpp" _asio_version
       REGEX "^#define ASIO_VERSION [0-9]+")
  string(REGEX REPLACE "[^0-9]+([0-9]+).*" "\\1" _asio_version "${_asio_version}")
  math(EXPR _asio_major "${_asio_version} / 100000")
  math(EXPR _asio_minor "${_asio_version} / 100 % 1000")
  math(EXPR _asio_patch "${_asio_version} % 100")
  set(Asio_VERSION "${_asio_major}.${_asio_minor}.${_asio_patch}")
endif()

include(FindPackageHandleStandardArgs)
find_package_handle_standard_args(Asio REQUIRED_VARS Asio_INCLUDE_DIR VERSION_VAR Asio_VERSION)
mark_as_advanced(Asio_INCLUDE_DIR)

if(Asio_FOUND)
  find_package(Threads REQUIRED)
  add_library(Asio::Asio INTERFACE IMPORTED)
  set_target_properties(Asio::Asio PROPERTIES
    INTERFACE_INCLUDE_DIRECTORIES "${Asio_INCLUDE_DIR}"
    INTERFACE_COMPILE_DEFINITIONS "ASIO_STANDALONE"
    INTERFACE_LINK_LIBRARIES Threads::Threads)
endif()
