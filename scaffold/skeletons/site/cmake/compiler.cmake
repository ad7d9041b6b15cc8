# Chooses the compiler: that of CXX in the environment or of -DCMAKE_CXX_COMPILER, or else clang++ 19 or
# newer, g++ 13 or newer (g++ 12 compiles some coroutines wrongly), or what CMake finds, in this order.

if(CMAKE_CXX_COMPILER OR DEFINED ENV{CXX})
  return()
endif()

find_program(PREFERRED_CXX NAMES clang++-22 clang++-21 clang++-20 clang++-19 g++-16 g++-15 g++-14 g++-13)
mark_as_advanced(PREFERRED_CXX)
if(NOT PREFERRED_CXX)
  return()
endif()
set(CMAKE_CXX_COMPILER "${PREFERRED_CXX}")

# The C compiler is of the same family, for libraries that are built with the project.
if(NOT CMAKE_C_COMPILER AND NOT DEFINED ENV{CC})
  string(REPLACE "clang++" "clang" matching_c "${PREFERRED_CXX}")
  string(REPLACE "g++" "gcc" matching_c "${matching_c}")
  if(EXISTS "${matching_c}")
    set(CMAKE_C_COMPILER "${matching_c}")
  endif()
endif()
