# Checks the system, the compiler and its flags, so that a sentence replaces a thousand lines of errors. This is
# for Bora's own build and for the projects that use it.

include_guard(GLOBAL)

# Sets `result` to TRUE if the flags of this folder turn a feature off: `-fno-NAME`, and no `-fNAME` after it.
function(_bora_flags_turn_off result name)
  set(flags "${CMAKE_CXX_FLAGS}")
  if(CMAKE_BUILD_TYPE)
    string(TOUPPER "${CMAKE_BUILD_TYPE}" config)
    string(APPEND flags " ${CMAKE_CXX_FLAGS_${config}}")
  endif()
  get_property(options DIRECTORY PROPERTY COMPILE_OPTIONS)
  string(REGEX REPLACE "[$]<[$]<COMPILE_LANGUAGE:CXX>:([^<>]*)>" "\\1" options "${options}")
  string(REGEX REPLACE "[ ;]+" "  " flags " ${flags} ${options} ")
  string(REGEX MATCHALL " -f(no-)?${name} " found "${flags}")
  set(is_off FALSE)
  if(found)
    list(GET found -1 last)
    if(last MATCHES "-fno-")
      set(is_off TRUE)
    endif()
  endif()
  set(${result} ${is_off} PARENT_SCOPE)
endfunction()

function(bora_check_language)
  if(NOT CMAKE_CXX_COMPILER_ID)
    return()  # a project without C++ compiles nothing of Bora
  endif()
  if(NOT CMAKE_SYSTEM_NAME STREQUAL "Linux")
    message(FATAL_ERROR "Bora runs on Linux only: it waits with epoll, signalfd and pidfd, which "
                        "${CMAKE_SYSTEM_NAME} does not have.")
  endif()
  set(compiler "${CMAKE_CXX_COMPILER_ID} ${CMAKE_CXX_COMPILER_VERSION} (${CMAKE_CXX_COMPILER})")
  if((CMAKE_CXX_COMPILER_ID STREQUAL "Clang" AND CMAKE_CXX_COMPILER_VERSION VERSION_LESS 16)
     OR (CMAKE_CXX_COMPILER_ID STREQUAL "GNU" AND CMAKE_CXX_COMPILER_VERSION VERSION_LESS 12))
    message(FATAL_ERROR "Bora needs clang++ 16 or newer, or g++ 12 or newer, and this is ${compiler}. Name "
                        "another one with -DCMAKE_CXX_COMPILER=..., in a new build folder.")
  endif()
  _bora_flags_turn_off(no_exceptions exceptions)
  if(no_exceptions)
    message(FATAL_ERROR "Bora needs C++ exceptions: remove -fno-exceptions from the flags of this project, or "
                        "add -fexceptions behind it.")
  endif()
  _bora_flags_turn_off(no_rtti rtti)
  if(no_rtti)
    message(FATAL_ERROR "Bora needs C++ run-time type information: remove -fno-rtti from the flags of this "
                        "project, or add -frtti behind it.")
  endif()
endfunction()

# g++ 12 compiles some coroutines to wrong code. The warning is printed once for each build folder and compiler.
function(bora_warn_about_compiler)
  if(NOT CMAKE_CXX_COMPILER_ID STREQUAL "GNU" OR CMAKE_CXX_COMPILER_VERSION VERSION_GREATER_EQUAL 13
     OR "$CACHE{BORA_WARNED_COMPILER}" STREQUAL CMAKE_CXX_COMPILER_VERSION)
    return()
  endif()
  set(BORA_WARNED_COMPILER "${CMAKE_CXX_COMPILER_VERSION}" CACHE INTERNAL "The compiler was warned about")
  message(NOTICE "Warning: g++ ${CMAKE_CXX_COMPILER_VERSION} compiles some coroutines wrongly: use clang++ 19 or "
                 "g++ 13, or keep to the rules of docs/coroutines.md.")
endfunction()
