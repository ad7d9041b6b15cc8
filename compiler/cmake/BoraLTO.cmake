# Optimises Release programs as a whole: with clang and the lld that belongs to it.
#
# Bora's archives then hold both machine code and what lld needs to compile them anew together with
# a program, so that whoever links them with another compiler or linker can. Other compilers make
# nothing of the kind: g++ cannot read the objects of another g++ version, and says so with an error.
#
# BORA_LTO=OFF leaves it.

include_guard(GLOBAL)
include(CheckCXXSourceCompiles)

option(BORA_LTO "Optimise Release programs as a whole (clang with lld)" ON)

# Sets `result` to whether this compiler and its linker can. BORA_LTO_CLANG is the version of the
# clang that made Bora's archives, if they are ready for it: an older one can't read them.
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

# For libraries: they can be linked in both ways.
function(bora_prepare_for_lto)
  _bora_can_optimise_as_a_whole(can)
  if(can)
    foreach(target IN LISTS ARGN)
      target_compile_options(${target} PRIVATE "$<$<CONFIG:Release>:-flto;-ffat-lto-objects>")
    endforeach()
  endif()
endfunction()

# For programs.
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
