# Optimises Release programs as a whole, with clang and its lld.
#
# Bora's archives then have both machine code and the data with which lld compiles them again together with a
# program, so they can also be linked with other compilers and linkers. This is not done with other compilers:
# g++ can't read the objects of another version of g++, and stops with an error.
#
# BORA_LTO=OFF turns this off.

include_guard(GLOBAL)
include(CheckCXXSourceCompiles)

option(BORA_LTO "Optimise Release programs as a whole (clang with lld)" ON)

# Sets `result` to whether this compiler and its linker can do that. BORA_LTO_CLANG is the version of the clang
# that made Bora's archives, if they have the data; an older clang can't read them.
function(_bora_can_optimise_as_a_whole result)
  set(${result} FALSE PARENT_SCOPE)
  if(NOT BORA_LTO OR NOT CMAKE_CXX_COMPILER_ID STREQUAL "Clang"
     OR NOT (CMAKE_BUILD_TYPE STREQUAL "Release" OR CMAKE_CONFIGURATION_TYPES))
    return()
  endif()
  if(NOT BORA_LTO_CLANG OR CMAKE_CXX_COMPILER_VERSION VERSION_LESS BORA_LTO_CLANG)
    return()
  endif()
  set(CMAKE_REQUIRED_FLAGS "-flto -ffat-lto-objects")
  set(CMAKE_REQUIRED_LINK_OPTIONS -fuse-ld=lld)
  set(CMAKE_REQUIRED_QUIET TRUE)
  check_cxx_source_compiles("int main() { return 0; }" BORA_HAVE_LTO)
  set(${result} ${BORA_HAVE_LTO} PARENT_SCOPE)
endfunction()

# Prepares libraries, which can then be linked in both ways.
function(bora_prepare_for_lto)
  _bora_can_optimise_as_a_whole(can)
  if(can)
    foreach(target IN LISTS ARGN)
      target_compile_options(${target} PRIVATE "$<$<CONFIG:Release>:-flto;-ffat-lto-objects>")
    endforeach()
  endif()
endfunction()

# Optimises programs as a whole.
function(bora_link_with_lto)
  _bora_can_optimise_as_a_whole(can)
  if(can)
    foreach(target IN LISTS ARGN)
      target_compile_options(${target} PRIVATE "$<$<CONFIG:Release>:-flto;-ffat-lto-objects>")
      target_link_options(${target} PRIVATE
                          "$<$<CONFIG:Release>:-flto;-ffat-lto-objects;-fuse-ld=lld>")
    endforeach()
  endif()
endfunction()
