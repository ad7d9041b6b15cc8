# Finds the llhttp HTTP parser. Makes the target Llhttp::llhttp.
#
# It looks for these, in this order:
#   1. llhttp's own CMake package (upstream builds, Conan, vcpkg)
#   2. pkg-config's libllhttp (Debian 13, Ubuntu 24.04, Fedora)
#   3. the C sources of Debian 12's node-llhttp, built here in strict mode: the loose mode, in
#      which it is shipped, accepts line ends and chunk ends that allow request smuggling.

if(TARGET Llhttp::llhttp)
  set(Llhttp_FOUND TRUE)
  return()
endif()

find_package(llhttp QUIET CONFIG)
if(llhttp_FOUND)
  foreach(_candidate llhttp::llhttp_static llhttp::llhttp_shared llhttp::llhttp)
    if(TARGET ${_candidate})
      add_library(Llhttp::llhttp INTERFACE IMPORTED)
      target_link_libraries(Llhttp::llhttp INTERFACE ${_candidate})
      set(Llhttp_FOUND TRUE)
      return()
    endif()
  endforeach()
endif()

find_package(PkgConfig QUIET)
if(PkgConfig_FOUND)
  pkg_check_modules(LIBLLHTTP QUIET IMPORTED_TARGET libllhttp)
  if(LIBLLHTTP_FOUND)
    add_library(Llhttp::llhttp INTERFACE IMPORTED)
    target_link_libraries(Llhttp::llhttp INTERFACE PkgConfig::LIBLLHTTP)
    set(Llhttp_FOUND TRUE)
    return()
  endif()
endif()

find_path(Llhttp_INCLUDE_DIR llhttp.h PATHS /usr/share/include/llhttp NO_DEFAULT_PATH)
find_path(Llhttp_SOURCE_DIR llhttp.c PATHS /usr/share/llhttp NO_DEFAULT_PATH)

include(FindPackageHandleStandardArgs)
find_package_handle_standard_args(Llhttp REQUIRED_VARS Llhttp_INCLUDE_DIR Llhttp_SOURCE_DIR)
mark_as_advanced(Llhttp_INCLUDE_DIR Llhttp_SOURCE_DIR)

if(Llhttp_FOUND)
  include(CheckCCompilerFlag)
  add_library(bora_llhttp STATIC ${Llhttp_SOURCE_DIR}/llhttp.c ${Llhttp_SOURCE_DIR}/api.c
                                 ${Llhttp_SOURCE_DIR}/http.c)
  target_include_directories(bora_llhttp SYSTEM PUBLIC $<BUILD_INTERFACE:${Llhttp_INCLUDE_DIR}>)
  target_compile_definitions(bora_llhttp PUBLIC LLHTTP_STRICT_MODE=1)
  target_compile_options(bora_llhttp PRIVATE -O3 -w)
  # The vector scan of header values needs SSE4.2, which every x86-64 server since 2009 has.
  if(CMAKE_SYSTEM_PROCESSOR MATCHES "x86_64|AMD64")
    check_c_compiler_flag(-msse4.2 BORA_HAVE_SSE42)
    if(BORA_HAVE_SSE42)
      target_compile_options(bora_llhttp PRIVATE -msse4.2)
    endif()
  endif()
  set_target_properties(bora_llhttp PROPERTIES POSITION_INDEPENDENT_CODE ON)
  add_library(Llhttp::llhttp ALIAS bora_llhttp)
endif()
