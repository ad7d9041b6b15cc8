# Chooses the compiler. CXX in the environment or -DCMAKE_CXX_COMPILER decides; else it is clang++ 19
# or newer, else g++ 13 or newer (g++ 12 compiles some coroutines wrongly), else what CMake finds.

if(CMAKE_CXX_COMPILER OR DEFINED ENV{CXX})
  return()
endif()

find_program(PREFERRED_CXX NAMES clang++-22 clang++-21 clang++-20 clang++-19 g++-16 g++-15 g++-14 g++-13)
mark_as_advanced(PREFERRED_CXX)
if(NOT PREFERRED_CXX)
  return()
endif()
set(CMAKE_CXX_COMPILER "${PREFERRED_CXX}")

# The C compiler of the same family, for libraries that are built along.
if(NOT CMAKE_C_COMPILER AND NOT DEFINED ENV{CC})
  string(REPLACE "clang++" "clang" matching_c "${PREFERRED_CXX}")
  string(REPLACE "g++" "gcc" matching_c "${matching_c}")
  if(EXISTS "${matching_c}")
    set(CMAKE_C_COMPILER "${matching_c}")
  endif()
endif()
