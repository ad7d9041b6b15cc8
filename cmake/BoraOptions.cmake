# Every switch of the build. All begin with BORA_; none changes a global flag, so Bora can be a
# subfolder of any project.

option(BORA_BUILD_TESTS "Build Bora's own tests" ${PROJECT_IS_TOP_LEVEL})
option(BORA_BUILD_SAMPLES "Build the programs under samples/" ${PROJECT_IS_TOP_LEVEL})
option(BORA_BUILD_BENCH "Build the programs under bench/" ${PROJECT_IS_TOP_LEVEL})
option(BORA_INSTALL "Make install rules and the CMake package" ${PROJECT_IS_TOP_LEVEL})
option(BORA_WERROR "Warnings in Bora's own sources are errors" ${PROJECT_IS_TOP_LEVEL})
option(BORA_STRICT "Warn of implicit conversions in the libraries and the program, too (./dev lint)" OFF)
set(BORA_SANITIZE "" CACHE STRING "Sanitizers for Bora's own targets: empty, 'address,undefined' or 'thread'")
option(BORA_FUZZ "Instrument for libFuzzer (clang) and build tests/fuzz with it" OFF)
option(BORA_COVERAGE "Instrument Bora's own targets for coverage" OFF)

if(PROJECT_IS_TOP_LEVEL)
  if(NOT CMAKE_BUILD_TYPE AND NOT CMAKE_CONFIGURATION_TYPES)
    set(CMAKE_BUILD_TYPE Release CACHE STRING "Build type" FORCE)
  endif()
  # Every program in one place: build/release/bin/bora, .../helloworld, .../template_bench.
  set(CMAKE_RUNTIME_OUTPUT_DIRECTORY ${PROJECT_BINARY_DIR}/bin)
  set(CMAKE_EXPORT_COMPILE_COMMANDS ON)
endif()
