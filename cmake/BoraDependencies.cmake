# Third-party libraries. A failed search names the package to install.
# Runtime: Asio (headers), OpenSSL, zlib, fmt; for engines also libpq, hiredis and SQLite. Build program: CLI11,
# toml++, fmt. Tests: Catch2, llhttp, Python.

function(_bora_missing what debian fedora)
  message(FATAL_ERROR "Bora needs ${what}, which was not found.\n"
    "  Debian, Ubuntu:  sudo apt install ${debian}\n"
    "  Fedora:          sudo dnf install ${fedora}\n")
endfunction()

# A parent project links Bora's libraries, so it must see the libraries that these link.
set(CMAKE_FIND_PACKAGE_TARGETS_GLOBAL TRUE)

find_package(Threads REQUIRED)

find_package(Asio 1.22 QUIET MODULE)
if(NOT Asio_FOUND)
  _bora_missing("standalone Asio 1.22 or newer" libasio-dev asio-devel)
endif()

find_package(OpenSSL 3.0 QUIET)
if(NOT OpenSSL_FOUND)
  _bora_missing("OpenSSL 3.0 or newer" libssl-dev openssl-devel)
endif()

find_package(ZLIB QUIET)
if(NOT ZLIB_FOUND)
  _bora_missing("zlib" zlib1g-dev zlib-devel)
endif()

find_package(fmt QUIET)
if(NOT fmt_FOUND)
  _bora_missing("fmt 9 or newer" libfmt-dev fmt-devel)
endif()

find_package(CLI11 2.1 QUIET)
if(NOT CLI11_FOUND)
  _bora_missing("CLI11 2.1 or newer" libcli11-dev cli11-devel)
endif()

find_package(tomlplusplus 3.0 QUIET)
if(NOT tomlplusplus_FOUND)
  _bora_missing("toml++ 3 or newer" libtomlplusplus-dev tomlplusplus-devel)
endif()

# The engines' own libraries. Engines whose library is missing are not built.
find_package(Libpq QUIET MODULE)
find_package(Hiredis QUIET MODULE)
find_package(SQLite3 QUIET)
# CMake 4.3 has renamed it.
if(SQLite3_FOUND AND NOT TARGET SQLite3::SQLite3)
  add_library(SQLite3::SQLite3 INTERFACE IMPORTED)
  target_link_libraries(SQLite3::SQLite3 INTERFACE SQLite::SQLite3)
endif()

if(BORA_BUILD_TESTS)
  find_package(Llhttp QUIET MODULE)
  if(NOT Llhttp_FOUND)
    _bora_missing("llhttp" "node-llhttp (Debian 12) or libllhttp-dev (Debian 13, Ubuntu 24.04 and newer)"
      llhttp-devel)
  endif()
  find_package(Catch2 QUIET)
  if(NOT Catch2_FOUND)
    _bora_missing("Catch2 2.13 or newer for its tests (or configure with -DBORA_BUILD_TESTS=OFF)"
      catch2 catch-devel)
  endif()
  find_package(Python3 3.9 QUIET COMPONENTS Interpreter)
  if(NOT Python3_FOUND)
    _bora_missing("Python 3.9 or newer for its tests (or configure with -DBORA_BUILD_TESTS=OFF)"
      python3 python3)
  endif()
endif()
