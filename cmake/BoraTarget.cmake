# bora_target(TARGET): sets what all of Bora's own targets share: C++20, warnings, sanitizers. Warnings are PRIVATE to
# Bora's sources, but everything that links an instrumented library needs the sanitizer too.
function(bora_target target)
  target_compile_features(${target} PUBLIC cxx_std_20)
  set_target_properties(${target} PROPERTIES CXX_EXTENSIONS OFF POSITION_INDEPENDENT_CODE ON)
  if(PROJECT_IS_TOP_LEVEL OR BORA_WERROR)
    target_compile_options(${target} PRIVATE -Wall -Wextra -Wpedantic)
  else()
    target_compile_options(${target} PRIVATE -w)  # whatever warnings a parent wants for its own sources
  endif()
  if(BORA_WERROR)
    target_compile_options(${target} PRIVATE -Werror)
  endif()
  if(BORA_SANITIZE)
    target_compile_options(${target} PUBLIC -fsanitize=${BORA_SANITIZE} -fno-omit-frame-pointer
                                            -fno-sanitize-recover=all)
    target_link_options(${target} PUBLIC -fsanitize=${BORA_SANITIZE})
  endif()
  if(BORA_FUZZ)
    target_compile_options(${target} PUBLIC -fsanitize=fuzzer-no-link)
  endif()
  if(BORA_COVERAGE)
    target_compile_options(${target} PUBLIC --coverage)
    target_link_options(${target} PUBLIC --coverage)
  endif()
endfunction()

# bora_shipped_target(TARGET): a target that users build, in projects with warnings of their own.
function(bora_shipped_target target)
  bora_target(${target})
  if(BORA_STRICT)
    target_compile_options(${target} PRIVATE -Wconversion -Wsign-conversion)
  endif()
endfunction()

# bora_library(TARGET): a library of the runtime. It is static, or with BUILD_SHARED_LIBS a shared one that exports
# only the names of the namespace bora, so that the libraries inside it (Asio, fmt, llhttp) can't clash with other
# versions in a program. Before 1.0 each minor version is an ABI of its own.
function(bora_library target)
  set_property(GLOBAL APPEND PROPERTY BORA_LAYERS ${target})
  if(NOT BUILD_SHARED_LIBS)
    bora_prepare_for_lto(${target})
    return()
  endif()
  set_target_properties(${target} PROPERTIES
    VERSION ${PROJECT_VERSION} SOVERSION ${PROJECT_VERSION_MAJOR}.${PROJECT_VERSION_MINOR}
    LINK_DEPENDS ${PROJECT_SOURCE_DIR}/cmake/bora.map)
  target_link_options(${target} PRIVATE
    -Wl,--version-script=${PROJECT_SOURCE_DIR}/cmake/bora.map -Wl,--no-undefined)
endfunction()

# bora_layer(NAME SOURCES ... PUBLIC ... PRIVATE ...): one layer of the runtime. It is the
# library bora_NAME, with the name Bora::NAME in this tree and when it is installed.
#
# Header-only libraries among PRIVATE are for Bora's sources only: the installed package does not need them.
function(bora_layer name)
  cmake_parse_arguments(PARSE_ARGV 1 arg "" "" "SOURCES;PUBLIC;PRIVATE")
  list(TRANSFORM arg_PRIVATE REPLACE "^(Asio::Asio|fmt::fmt-header-only)$" "$<BUILD_INTERFACE:\\1>")
  add_library(bora_${name} ${arg_SOURCES})
  add_library(Bora::${name} ALIAS bora_${name})
  set_target_properties(bora_${name} PROPERTIES EXPORT_NAME ${name})
  bora_shipped_target(bora_${name})
  bora_library(bora_${name})
  # For other projects, Bora's headers are system headers, installed or not, so that they see no warnings about them.
  set(system "")
  if(NOT PROJECT_IS_TOP_LEVEL)
    set(system SYSTEM)
  endif()
  target_include_directories(bora_${name} ${system}
    PUBLIC $<BUILD_INTERFACE:${PROJECT_SOURCE_DIR}/runtime/include>
           $<INSTALL_INTERFACE:${CMAKE_INSTALL_INCLUDEDIR}>)
  target_include_directories(bora_${name} PRIVATE ${PROJECT_SOURCE_DIR})
  target_link_libraries(bora_${name} PUBLIC ${arg_PUBLIC} PRIVATE ${arg_PRIVATE})
endfunction()
