# The functions that a project calls in its CMakeLists.txt to be built with Bora. The same file is for
# find_package(Bora), add_subdirectory() and Bora's own samples.
#
#   bora_add_app(shop SOURCES src/main.cpp src/handlers/home.cpp
#                [TEMPLATES templates] [TEMPLATE_FILES home.html ...] [ROUTES routes.toml] [STATIC static]
#                [LIBRARIES SQLite::SQLite3 ...] [DEFINITIONS SHOP_DEMO ...] [INCLUDES include ...]
#                [PRECOMPILE])
#     The program `shop`. All sources except main.cpp go into the library `shop_app`, with the C++ that
#     is made from templates and routes, so that tests can link it. Includes are relative to the folder
#     of main.cpp. LIBRARIES, DEFINITIONS and INCLUDES (folders) are for the library, and so for the
#     program and its tests. PRECOMPILE compiles <bora/web.h> once for all files of the library.
#
#   bora_add_app_test(shop_test APP shop SOURCES tests/home_test.cpp [LIBRARIES ...])
#     A Catch2 program with the app's library and Bora::testing, registered with CTest. It is placed beside
#     the app's program, where the static files are. Without Catch2 it is left out, with a message.
#
#   bora_install_app(shop [DESTINATION bin])
#     `cmake --install` copies the program there, with its static files beside it. In a project that is
#     part of another one it does nothing: the outer project decides what is installed.
#
# The parts of bora_add_app(), which can also be used alone:
#
#   bora_add_templates(TARGET target ROOT templates [TEMPLATE_FILES home.html ...] [MANIFEST routes.toml])
#     Compiles templates into TARGET: handlers then say #include "views/home.h". Pages are all files
#     below ROOT that end in .html, .htm, .xml, .svg, .txt, .css, .js or .json, but not those whose
#     name begins with '_' (parts: they are included by pages and see their variables, so they have
#     no unit of their own) and nothing whose name begins with '.'. New and removed files are noticed.
#     TEMPLATE_FILES, relative to ROOT, replaces this search by a list. MANIFEST is read for its
#     [escape], which is about templates.
#
#   bora_add_routes(TARGET target MANIFEST routes.toml)
#     Compiles the route manifest into TARGET: main.cpp then says #include "routes.h".
#
#   bora_add_static(TARGET program DIR static)
#     Makes the folder reachable beside the program, under the name given here, by a link (by a copy
#     where links cannot be made).
#
# `bora` prints the messages of the C++ compiler about an app, with the templates' own lines and with advice.
# With BORA_EXPLAIN_COMPILER=OFF the compiler prints them itself, and so it does in a build with
# BORA_COMPILER_OUTPUT=raw in the environment.
#
# A unit compiles the C++ of eight pages; BORA_PAGES_PER_UNIT is another number. With 1, each page has a unit
# of its own, so a page that lacks an {% import %} of another page is found.
#
# BORA_COMPILE_OPTIONS holds more options for `bora compile`, such as --werror or --allow;T100.
#
# In a Release build with clang and its lld the program is optimised as a whole, together with Bora's
# libraries (BoraLTO.cmake); BORA_LTO=OFF turns this off.
#
# In a Debug build the program is for development: `bora dev` can change its texts and take over its socket,
# and its error pages show more (docs/dev.md). BORA_DEVELOPMENT=OFF turns this off.
#
# BORA_EXECUTABLE names another `bora` program than the one that comes with the package: set it when
# building for another machine.
#
# How it works. `bora compile` rewrites an output only if its text changed, and touches a stamp every
# time. The build depends on the stamp, and the C++ files are its byproducts. So an edit that changes
# nothing compiles nothing, and Makefiles do not run the generator again and again, as they would if the
# C++ files were its output. (For Ninja they are the output of a second step.) A depfile names the bases
# and includes that were read.

include_guard(GLOBAL)
include("${CMAKE_CURRENT_LIST_DIR}/BoraLanguage.cmake")
include("${CMAKE_CURRENT_LIST_DIR}/BoraLTO.cmake")

option(BORA_EXPLAIN_COMPILER "Print what the C++ compiler finds in an app with its templates' own lines" ON)

# Stops with an error that begins with the function that was called.
macro(_bora_fail)
  string(CONCAT _bora_text ${ARGN})
  message(FATAL_ERROR "${_bora_function}: ${_bora_text}")
endmacro()

# Checks the arguments of a function; call it directly after cmake_parse_arguments(... arg ...). `ARGN` names
# the keywords that must be there.
macro(_bora_check_arguments usage)
  if(NOT TARGET Bora::web)
    _bora_fail("Bora is not known here. Call find_package(Bora REQUIRED) first, in this folder or one "
               "above it.")
  endif()
  bora_check_language()  # flags may have been added
  if(arg_UNPARSED_ARGUMENTS)
    list(JOIN arg_UNPARSED_ARGUMENTS " " _bora_unknown)
    _bora_fail("does not know what to do with '${_bora_unknown}'.\nUsage: ${usage}")
  endif()
  if(arg_KEYWORDS_MISSING_VALUES)
    list(JOIN arg_KEYWORDS_MISSING_VALUES ", " _bora_empty)
    _bora_fail("nothing follows ${_bora_empty}.\nUsage: ${usage}")
  endif()
  foreach(_bora_keyword ${ARGN})
    if(NOT arg_${_bora_keyword})
      _bora_fail("${_bora_keyword} is missing.\nUsage: ${usage}")
    endif()
  endforeach()
endmacro()

macro(_bora_check_new_target name)
  if(NOT "${name}" MATCHES "^[A-Za-z0-9_][A-Za-z0-9_.+-]*$")
    _bora_fail("'${name}' cannot be the name of a target: letters, digits and _ . + - only.")
  endif()
  if(TARGET "${name}")
    _bora_fail("there is a target named '${name}' already.")
  endif()
endmacro()

# A target of this folder is required, since CMake knows generated sources only in the folder that makes them.
macro(_bora_check_target_of_this_folder target)
  if(NOT TARGET "${target}")
    _bora_fail("there is no target named '${target}': make it before.")
  endif()
  get_target_property(_bora_folder "${target}" SOURCE_DIR)
  if(NOT _bora_folder STREQUAL CMAKE_CURRENT_SOURCE_DIR)
    _bora_fail("'${target}' is made in ${_bora_folder}: call this function there.")
  endif()
endmacro()

# Sets `result` to the absolute path of an existing file or folder.
macro(_bora_existing_path result kind path)
  get_filename_component(${result} "${path}" ABSOLUTE)
  if("${kind}" STREQUAL "folder" AND NOT IS_DIRECTORY "${${result}}")
    _bora_fail("there is no folder '${path}' (${${result}}).")
  elseif("${kind}" STREQUAL "file" AND (NOT EXISTS "${${result}}" OR IS_DIRECTORY "${${result}}"))
    _bora_fail("there is no file '${path}' (${${result}}).")
  endif()
endmacro()

# Sets `result` to the folder in which the C++ compiler runs. `bora` gets paths relative to it and writes them
# into #line, so no generated file has an absolute path, and the C++ compiler can open the template to quote
# its line. Links are resolved, since ".." after a link would lead elsewhere.
function(_bora_compiler_folder result)
  if(CMAKE_GENERATOR MATCHES "Ninja")
    file(REAL_PATH "${CMAKE_BINARY_DIR}" folder)
  else()
    file(REAL_PATH "${CMAKE_CURRENT_BINARY_DIR}" folder)
  endif()
  set(${result} "${folder}" PARENT_SCOPE)
endfunction()

function(_bora_relative result path)
  _bora_compiler_folder(folder)
  file(REAL_PATH "${path}" path)
  file(RELATIVE_PATH path "${folder}" "${path}")
  if(path STREQUAL "")
    set(path .)
  endif()
  set(${result} "${path}" PARENT_SCOPE)
endfunction()

# Sets `result` to the `bora` program, for commands of the build.
function(_bora_program result)
  if(BORA_EXECUTABLE)
    set(${result} "${BORA_EXECUTABLE}" PARENT_SCOPE)
  else()
    set(${result} "$<TARGET_FILE:Bora::bora>" PARENT_SCOPE)
  endif()
endfunction()

# Makes `bora cxx` the launcher of the compiler of TARGET, before a launcher that it has already. `out` is the
# folder of the files that are generated for it.
function(_bora_explain_compiler target out)
  get_target_property(type ${target} TYPE)
  get_target_property(is_explained ${target} BORA_EXPLAINED)
  if(NOT BORA_EXPLAIN_COMPILER OR is_explained OR type STREQUAL "INTERFACE_LIBRARY"
     OR NOT (CMAKE_CXX_COMPILER_ID MATCHES "^(Clang|GNU)$"))
    return()
  endif()
  _bora_program(bora)
  _bora_relative(out "${out}")
  _bora_relative(source "${CMAKE_SOURCE_DIR}")
  set(command "${bora}" cxx --out "${out}" --source-dir "${source}" --)
  get_target_property(launcher ${target} CXX_COMPILER_LAUNCHER)
  if(launcher)
    list(APPEND command ${launcher})
  endif()
  set_target_properties(${target} PROPERTIES BORA_EXPLAINED TRUE CXX_COMPILER_LAUNCHER "${command}")
  if(NOT BORA_EXECUTABLE)
    add_dependencies(${target} Bora::bora)
  endif()
endfunction()

# Sets `result` to whether apps of this build are for development: `bora dev` can serve them, and their error
# pages show more. This is so in Debug builds.
function(_bora_is_for_development result)
  set(is_debug FALSE)
  if(CMAKE_BUILD_TYPE STREQUAL "Debug" AND NOT CMAKE_CONFIGURATION_TYPES AND TARGET Bora::devtools)
    set(is_debug TRUE)
  endif()
  if(DEFINED BORA_DEVELOPMENT AND NOT CMAKE_BUILD_TYPE STREQUAL "Release")
    set(is_debug ${BORA_DEVELOPMENT})
  endif()
  set(${result} ${is_debug} PARENT_SCOPE)
endfunction()

# Writes a file with the facts about an app for `bora dev` and similar commands into the build tree.
function(_bora_describe_app name out)
  cmake_parse_arguments(PARSE_ARGV 2 arg "" "TEMPLATES;ROUTES;STATIC" "")
  set(folder "${CMAKE_BINARY_DIR}/bora/apps")
  get_property(is_begun GLOBAL PROPERTY _bora_apps_described)
  if(NOT is_begun)  # those of former apps
    file(REMOVE_RECURSE "${folder}")
    set_property(GLOBAL PROPERTY _bora_apps_described TRUE)
  endif()
  set(text "name=${name}\nprogram=$<TARGET_FILE:${name}>\nsource=${CMAKE_CURRENT_SOURCE_DIR}\nout=${out}\n")
  foreach(part TEMPLATES ROUTES STATIC)
    if(arg_${part})
      get_filename_component(path "${arg_${part}}" ABSOLUTE)
      string(TOLOWER "${part}" key)
      string(APPEND text "${key}=${path}\n")
    endif()
  endforeach()
  _bora_is_for_development(is_for_development)
  if(is_for_development)
    string(APPEND text "development=1\n")
  endif()
  if(CMAKE_CONFIGURATION_TYPES)
    file(GENERATE OUTPUT "${folder}/${name}-$<CONFIG>.txt" CONTENT "${text}")
  else()
    file(GENERATE OUTPUT "${folder}/${name}.txt" CONTENT "${text}")
  endif()
endfunction()

# Runs `bora compile ARGUMENTS` for TARGET whenever an input changed, and adds its output.
#   STEP        "templates" or "routes": names the stamp and the custom target
#   OUT         the include folder, absolute
#   GENERATED   the files that are written, absolute
#   DEPENDS     files that must cause a run, besides those of the depfile
function(_bora_add_compile_step target)
  cmake_parse_arguments(PARSE_ARGV 1 arg "" "STEP;OUT" "ARGUMENTS;GENERATED;DEPENDS")
  if(BORA_EXECUTABLE)
    set(bora "${BORA_EXECUTABLE}")
  else()
    set(bora Bora::bora)
  endif()
  file(MAKE_DIRECTORY "${arg_OUT}")
  _bora_compiler_folder(folder)
  _bora_relative(out "${arg_OUT}")

  get_filename_component(app "${arg_OUT}" NAME)
  set(stamp "${arg_OUT}/${arg_STEP}.stamp")
  set(depfile "${arg_OUT}/${arg_STEP}.d")
  set(forget_old_dependencies "")
  if(CMAKE_GENERATOR MATCHES "Makefiles")
    # CMake (3.25) adds each new depfile to the earlier ones, so a removed template would cause a run in every
    # later build. Without this file it forgets the earlier ones.
    set(forget_old_dependencies COMMAND ${CMAKE_COMMAND} -E rm -f
      "${CMAKE_CURRENT_BINARY_DIR}/CMakeFiles/${target}_${arg_STEP}.dir/compiler_depend.internal")
  endif()
  _bora_relative(source "${CMAKE_SOURCE_DIR}")
  if(arg_STEP STREQUAL "templates" AND _bora_is_app)
    _bora_is_for_development(is_for_development)
    if(is_for_development)
      list(APPEND arg_ARGUMENTS --live-text)
    endif()
  endif()
  set(command ${bora} compile ${arg_ARGUMENTS} --source-dir "${source}" --out "${out}" --stamp "${out}/${arg_STEP}.stamp"
      --depfile "${out}/${arg_STEP}.d" ${BORA_COMPILE_OPTIONS})
  set(byproducts BYPRODUCTS ${arg_GENERATED})
  set(ready "${stamp}")
  if(CMAKE_GENERATOR MATCHES "Ninja")
    # Ninja prints all outputs of a failed step before its messages. So the only output of the step that can
    # fail is the stamp, and the files are the output of a step that does nothing unless somebody has
    # removed them.
    set(byproducts "")
    set(ready ${arg_GENERATED})
    add_custom_command(
      OUTPUT ${arg_GENERATED}
      COMMAND ${command} --if-missing
      DEPENDS "${stamp}"
      WORKING_DIRECTORY "${folder}"
      COMMENT "Looking at the generated ${arg_STEP} of ${app}"
      VERBATIM)
  endif()
  add_custom_command(
    OUTPUT "${stamp}"
    ${byproducts}
    COMMAND ${command}
    ${forget_old_dependencies}
    DEPENDS ${bora} ${arg_DEPENDS}
    DEPFILE "${depfile}"
    WORKING_DIRECTORY "${folder}"
    COMMENT "Compiling the ${arg_STEP} of ${app}"
    VERBATIM)
  # Editors need the headers before the first build. The build will report mistakes.
  set(bora_location FALSE)
  set(program "")
  if(TARGET Bora::bora)
    get_target_property(bora_location Bora::bora IMPORTED)
  endif()
  if(BORA_EXECUTABLE)
    set(program "${BORA_EXECUTABLE}")
  elseif(bora_location)
    get_target_property(program Bora::bora LOCATION)
  endif()
  if(program AND EXISTS "${program}")
    set(now ${command})
    list(TRANSFORM now REPLACE "/${arg_STEP}\\.(stamp|d)$" "/${arg_STEP}.first.\\1")
    list(POP_FRONT now)
    execute_process(COMMAND "${program}" ${now} WORKING_DIRECTORY "${folder}" OUTPUT_QUIET ERROR_QUIET)
  endif()
  # This target makes the generated headers before anything of TARGET is compiled.
  add_custom_target(${target}_${arg_STEP} DEPENDS ${ready})
  add_dependencies(${target} ${target}_${arg_STEP})

  set(units "${arg_GENERATED}")
  if(arg_STEP STREQUAL "templates")
    _bora_gather_pages(units "${arg_OUT}" "${arg_GENERATED}")
  endif()
  set_source_files_properties(${arg_GENERATED} ${units} PROPERTIES
    GENERATED TRUE SKIP_UNITY_BUILD_INCLUSION TRUE SKIP_LINTING TRUE)
  _bora_add_units(${target} ${arg_STEP} "${units}")
  _bora_explain_compiler(${target} "${arg_OUT}")
  if(TARGET ${target}_${arg_STEP}_units)
    _bora_explain_compiler(${target}_${arg_STEP}_units "${arg_OUT}")
  endif()
endfunction()

# Sets `result` to units that include the C++ of several pages of `files` each, and to the other files.
#
# Nearly all of a page's compile time is for the headers that it includes: a unit of eight pages takes hardly
# longer than one page, so the first build is many times as fast, and an edit is as fast as before. The unit of
# a page depends only on its name, so that a new or removed page moves others only when the number of units
# doubles.
function(_bora_gather_pages result out files)
  if(NOT DEFINED BORA_PAGES_PER_UNIT)
    set(BORA_PAGES_PER_UNIT 8)
  elseif(NOT BORA_PAGES_PER_UNIT MATCHES "^[1-9][0-9]*$")
    _bora_fail("BORA_PAGES_PER_UNIT is '${BORA_PAGES_PER_UNIT}', but must be a number above 0.")
  endif()
  set(pages "${files}")
  list(FILTER pages INCLUDE REGEX "\\.cpp$")
  list(FILTER pages EXCLUDE REGEX "['$&*^]")  # Ninja can't read all of these in a compiler's depfile
  list(LENGTH pages left)
  if(BORA_PAGES_PER_UNIT EQUAL 1 OR left LESS 2)
    set(${result} "${files}" PARENT_SCOPE)
    return()
  endif()
  set(count 1)
  while(left GREATER BORA_PAGES_PER_UNIT)
    math(EXPR left "(${left} + 1) / 2")
    math(EXPR count "${count} * 2")
  endwhile()
  foreach(page IN LISTS pages)
    file(RELATIVE_PATH name "${out}" "${page}")
    string(SHA256 hash "${name}")
    string(SUBSTRING "${hash}" 0 8 hash)
    math(EXPR unit "0x${hash} % ${count}")
    string(APPEND text_${unit} "#include \"${name}\"\n")
  endforeach()
  set(units "${files}")
  list(REMOVE_ITEM units ${pages})
  math(EXPR last "${count} - 1")
  foreach(unit RANGE ${last})
    if(DEFINED text_${unit})
      set(includes "${text_${unit}}")
      file(CONFIGURE OUTPUT "${out}/pages_${unit}.cpp" CONTENT "@includes@" @ONLY)
      list(APPEND units "${out}/pages_${unit}.cpp")
    endif()
  endforeach()
  set(${result} "${units}" PARENT_SCOPE)
endfunction()

# Compiles generated files as a part of TARGET.
#
# Line markers give the "In file included from page.html:1" above an error in a base. A pedantic g++ warns about
# them, so its files need flags of their own. See <bora/generated.h>. In a Makefile, other flags of one file cause
# all files of its target to be compiled again, so a new page would take long. There the files are a target of
# their own, which is compiled like TARGET. This is also done if TARGET is linted and CMake is too old for
# SKIP_LINTING.
function(_bora_add_units target step files)
  set(is_linted FALSE)
  if(CMAKE_VERSION VERSION_LESS 3.27)
    foreach(tool CLANG_TIDY CPPCHECK CPPLINT INCLUDE_WHAT_YOU_USE)
      get_target_property(linter ${target} CXX_${tool})
      if(linter)
        set(is_linted TRUE)
      endif()
    endforeach()
  endif()
  if(NOT is_linted AND NOT CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
    target_sources(${target} PRIVATE ${files})
  elseif(NOT is_linted AND NOT CMAKE_GENERATOR MATCHES "Makefiles")
    set_source_files_properties(${files} PROPERTIES
      COMPILE_OPTIONS "-Wno-pedantic;-fdiagnostics-column-unit=byte" COMPILE_DEFINITIONS BORA_LINE_MARKERS=1)
    target_sources(${target} PRIVATE ${files})
  else()
    set(units ${target}_${step}_units)
    add_library(${units} OBJECT ${files})
    add_dependencies(${units} ${target}_${step})
    set_target_properties(${units} PROPERTIES
      UNITY_BUILD OFF CXX_CLANG_TIDY "" CXX_CPPCHECK "" CXX_CPPLINT "" CXX_INCLUDE_WHAT_YOU_USE ""
      POSITION_INDEPENDENT_CODE $<BOOL:$<TARGET_PROPERTY:${target},POSITION_INDEPENDENT_CODE>>)
    target_link_libraries(${units} PRIVATE $<TARGET_PROPERTY:${target},LINK_LIBRARIES>)
    target_include_directories(${units} PRIVATE $<TARGET_PROPERTY:${target},INCLUDE_DIRECTORIES>)
    target_compile_features(${units} PRIVATE $<TARGET_PROPERTY:${target},COMPILE_FEATURES>)
    target_compile_definitions(${units} PRIVATE $<TARGET_PROPERTY:${target},COMPILE_DEFINITIONS>)
    target_compile_options(${units} PRIVATE $<TARGET_PROPERTY:${target},COMPILE_OPTIONS>)
    if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
      target_compile_definitions(${units} PRIVATE BORA_LINE_MARKERS=1)
      target_compile_options(${units} PRIVATE -Wno-pedantic -fdiagnostics-column-unit=byte)
    endif()
    # The objects of an object library reach only targets that link it directly.
    get_target_property(type ${target} TYPE)
    set(scope PRIVATE)
    if(type STREQUAL "OBJECT_LIBRARY")
      set(scope PUBLIC)
    endif()
    target_sources(${target} ${scope} $<TARGET_OBJECTS:${units}>)
  endif()
endfunction()

# Sets `result` to the pages below `root`, relative to it and sorted.
function(_bora_find_pages result root)
  set(patterns html htm xml svg txt css js json)
  list(TRANSFORM patterns PREPEND "${root}/*.")
  file(GLOB_RECURSE pages CONFIGURE_DEPENDS LIST_DIRECTORIES false RELATIVE "${root}" ${patterns})
  list(FILTER pages EXCLUDE REGEX "(^|/)\\.|(^|/)_[^/]*$")
  list(SORT pages)
  set(${result} "${pages}" PARENT_SCOPE)
endfunction()

# Reports names that build systems can't spell: the errors of CMake, Ninja and Make about them would name no
# file. `bora check` refuses the same names (T073).
function(_bora_check_page_names root pages)
  foreach(page IN LISTS pages)
    if(page MATCHES "[][#<>\"|;:?\\\\`]")
      _bora_fail("the template '${page}' in ${root} cannot be built, because its name has a "
                 "'${CMAKE_MATCH_0}'. Rename it.")
    elseif(NOT EXISTS "${root}/${page}")  # CMake's lists split names there
      _bora_fail("a template in ${root} cannot be built, because its name has a ';': '${page};...'. Rename it.")
    endif()
  endforeach()
endfunction()

# Sets `result` to the generated files of `pages` below the folder `out`. If there are mail.txt and mail.html,
# the first one keeps its ending: views/mail.txt.h.
function(_bora_page_outputs result out root pages)
  set(outputs "")
  foreach(page IN LISTS pages)
    string(REGEX REPLACE "([^/])\\.[^./]*$" "\\1" stem "${page}")
    if(NOT page MATCHES "\\.html$")
      foreach(ending .html .htm .xml .svg .txt .css .js .json)
        if(NOT page STREQUAL "${stem}${ending}" AND EXISTS "${root}/${stem}${ending}")
          set(stem "${page}")
          break()
        endif()
      endforeach()
    endif()
    list(APPEND outputs "${out}/views/${stem}.h" "${out}/views/${stem}.cpp"
         "${out}/views/${stem}.blocks.h")
  endforeach()
  # `bora compile` reports pages that clash, and names both, so this is no error of the build.
  list(REMOVE_DUPLICATES outputs)
  set(${result} "${outputs}" PARENT_SCOPE)
endfunction()

function(_bora_templates_into target root_path template_files out static_path manifest_path)
  _bora_existing_path(root folder "${root_path}")
  if(template_files)
    set(pages "${template_files}")
    foreach(page IN LISTS pages)
      if(NOT EXISTS "${root}/${page}" OR IS_DIRECTORY "${root}/${page}")
        _bora_fail("there is no template '${page}' in ${root}.")
      endif()
    endforeach()
  else()
    _bora_find_pages(pages "${root}")
    if(NOT pages)
      _bora_fail("no page in ${root}: templates end in .html, .htm, .xml, .svg, .txt, .css, .js or "
                 ".json and do not begin with '_'.")
    endif()
  endif()

  _bora_check_page_names("${root}" "${pages}")

  _bora_page_outputs(generated "${out}" "${root}" "${pages}")

  # The generated files of a removed page are removed too, so that a handler that still includes one fails.
  set(list_file "${out}/templates.list")
  if(EXISTS "${list_file}")
    file(STRINGS "${list_file}" gone)
    list(REMOVE_ITEM gone ${pages})
    _bora_page_outputs(stale "${out}" "${root}" "${gone}")
    list(REMOVE_ITEM stale ${generated})
    if(stale)
      file(REMOVE ${stale})
    endif()
  endif()
  list(JOIN pages "\n" lines)
  file(CONFIGURE OUTPUT "${list_file}" CONTENT "@lines@\n" @ONLY)

  _bora_relative(relative_root "${root}")
  _bora_relative(relative_list "${list_file}")
  set(static "")
  if(static_path)
    _bora_existing_path(static_folder folder "${static_path}")
    _bora_relative(static_folder "${static_folder}")
    set(static --static "${static_folder}")
  endif()
  set(manifest "")
  if(manifest_path)
    _bora_existing_path(manifest file "${manifest_path}")
    _bora_relative(relative_manifest "${manifest}")
    list(APPEND static --manifest "${relative_manifest}")
  endif()
  # Pages are listed for builds without a depfile. Ninja can't read all names in a depfile, so `bora` leaves some
  # out, and they are listed here, whichever page uses them.
  file(GLOB_RECURSE odd CONFIGURE_DEPENDS LIST_DIRECTORIES false "${root}/*['$&*^]*")
  list(TRANSFORM pages PREPEND "${root}/" OUTPUT_VARIABLE inputs)
  list(APPEND inputs ${odd})
  list(REMOVE_DUPLICATES inputs)
  _bora_add_compile_step(${target}
    STEP templates OUT "${out}"
    ARGUMENTS --root "${relative_root}" --pages "${relative_list}" ${static}
    GENERATED ${generated}
    DEPENDS ${inputs} "${list_file}" ${manifest})
  target_include_directories(${target} PUBLIC "${out}")
  target_compile_features(${target} PUBLIC cxx_std_20)
  target_link_libraries(${target} PUBLIC Bora::render)
endfunction()

# Reports that this folder has a manifest that no app names. This is called at the end of the folder, which may
# have several apps.
function(_bora_note_forgotten_routes)
  get_property(named DIRECTORY PROPERTY _bora_manifests)
  get_property(apps DIRECTORY PROPERTY _bora_apps)
  if(NOT named AND EXISTS "${CMAKE_CURRENT_SOURCE_DIR}/routes.toml")
    list(JOIN apps " or " apps)
    message(NOTICE "Warning: there is a routes.toml in ${CMAKE_CURRENT_SOURCE_DIR}, but no app is built with "
                   "it: add ROUTES routes.toml to bora_add_app(${apps}).")
  endif()
endfunction()

function(_bora_routes_into target manifest_path out sources include_folder)
  _bora_existing_path(manifest file "${manifest_path}")
  _bora_relative(relative_manifest "${manifest}")
  set_property(DIRECTORY APPEND PROPERTY _bora_manifests "${manifest}")
  set(checked "")
  if(sources)
    set(lines "")
    foreach(source IN LISTS sources)
      get_filename_component(source "${source}" ABSOLUTE)
      string(APPEND lines "${source}\n")
    endforeach()
    file(CONFIGURE OUTPUT "${out}/sources.list" CONTENT "@lines@" @ONLY)
    _bora_relative(relative_list "${out}/sources.list")
    _bora_relative(relative_folder "${include_folder}")
    set(checked --sources "${relative_list}" --include-dir "${relative_folder}")
    set(list "${out}/sources.list")
  endif()
  _bora_add_compile_step(${target}
    STEP routes OUT "${out}"
    ARGUMENTS --routes "${relative_manifest}" ${checked}
    GENERATED "${out}/routes.h" "${out}/routes.cpp" "${out}/route_urls.cpp"
    DEPENDS "${manifest}" ${list})
  target_include_directories(${target} PUBLIC "${out}")
  target_compile_features(${target} PUBLIC cxx_std_20)
  target_link_libraries(${target} PUBLIC Bora::web Bora::filters Bora::websocket)
endfunction()

# Sets `result` to the folder of TARGET's program, as far as it is known at configure time.
function(_bora_program_folder result target)
  get_target_property(folder ${target} RUNTIME_OUTPUT_DIRECTORY)
  if(NOT folder)
    get_target_property(folder ${target} BINARY_DIR)
  endif()
  set(${result} "${folder}" PARENT_SCOPE)
endfunction()

function(_bora_static_beside target dir)
  _bora_existing_path(source folder "${dir}")
  if(IS_ABSOLUTE "${dir}")
    get_filename_component(link "${dir}" NAME)
  else()
    string(REGEX REPLACE "^\\./|/$" "" link "${dir}")
    if(link MATCHES "(^|/)\\.\\.(/|$)")
      _bora_fail("'${dir}' leaves this folder: static files lie in a folder below it.")
    endif()
  endif()
  if(link STREQUAL target)
    _bora_fail("the program '${target}' and its folder '${dir}' would have the same path.")
  endif()

  _bora_program_folder(folder ${target})
  get_property(taken GLOBAL PROPERTY "_bora_static:${folder}/${link}")
  if(taken AND NOT taken STREQUAL source)
    _bora_fail("${taken} and ${source} would both be ${folder}/${link}. Give one of the programs "
               "another RUNTIME_OUTPUT_DIRECTORY.")
  endif()
  set_property(GLOBAL PROPERTY "_bora_static:${folder}/${link}" "${source}")

  add_custom_command(TARGET ${target} POST_BUILD
    COMMAND ${CMAKE_COMMAND} -D "SOURCE=${source}" -D "LINK=$<TARGET_FILE_DIR:${target}>/${link}"
            -P "${CMAKE_CURRENT_FUNCTION_LIST_DIR}/BoraLinkStatic.cmake"
    VERBATIM)
  set_property(TARGET ${target} APPEND PROPERTY BORA_STATIC_SOURCES "${source}")
  set_property(TARGET ${target} APPEND PROPERTY BORA_STATIC_LINKS "${link}")
endfunction()

function(bora_add_templates)
  set(_bora_function "bora_add_templates()")
  cmake_parse_arguments(PARSE_ARGV 0 arg "" "TARGET;ROOT;MANIFEST" "TEMPLATE_FILES")
  _bora_check_arguments("bora_add_templates(TARGET target ROOT folder [TEMPLATE_FILES file...] [MANIFEST file])" TARGET ROOT)
  _bora_check_target_of_this_folder("${arg_TARGET}")
  _bora_templates_into("${arg_TARGET}" "${arg_ROOT}" "${arg_TEMPLATE_FILES}"
                       "${CMAKE_CURRENT_BINARY_DIR}/bora/${arg_TARGET}" "" "${arg_MANIFEST}")
endfunction()

function(bora_add_routes)
  set(_bora_function "bora_add_routes()")
  cmake_parse_arguments(PARSE_ARGV 0 arg "" "TARGET;MANIFEST" "")
  _bora_check_arguments("bora_add_routes(TARGET target MANIFEST file)" TARGET MANIFEST)
  _bora_check_target_of_this_folder("${arg_TARGET}")
  _bora_routes_into("${arg_TARGET}" "${arg_MANIFEST}" "${CMAKE_CURRENT_BINARY_DIR}/bora/${arg_TARGET}" "" "")
endfunction()

function(bora_add_static)
  set(_bora_function "bora_add_static()")
  cmake_parse_arguments(PARSE_ARGV 0 arg "" "TARGET;DIR" "")
  _bora_check_arguments("bora_add_static(TARGET program DIR folder)" TARGET DIR)
  _bora_check_target_of_this_folder("${arg_TARGET}")
  _bora_static_beside("${arg_TARGET}" "${arg_DIR}")
endfunction()

function(bora_add_app name)
  set(_bora_function "bora_add_app(${name})")
  string(CONCAT usage "bora_add_app(name SOURCES file... [TEMPLATES folder] [TEMPLATE_FILES file...] "
                      "[ROUTES file] [STATIC folder] [LIBRARIES library...] [DEFINITIONS name[=value]...] "
                      "[INCLUDES folder...] [PRECOMPILE])")
  cmake_parse_arguments(PARSE_ARGV 1 arg "PRECOMPILE" "TEMPLATES;ROUTES;STATIC"
                        "SOURCES;TEMPLATE_FILES;LIBRARIES;DEFINITIONS;INCLUDES")
  _bora_check_arguments("${usage}" SOURCES)
  _bora_check_new_target("${name}")
  _bora_check_new_target("${name}_app")
  if(arg_TEMPLATE_FILES AND NOT arg_TEMPLATES)
    _bora_fail("TEMPLATE_FILES needs TEMPLATES, the folder that holds them.")
  endif()

  set(main_files "${arg_SOURCES}")
  list(FILTER main_files INCLUDE REGEX "(^|/)main\\.(cpp|cc|cxx)$")
  list(LENGTH main_files main_count)
  if(NOT main_count EQUAL 1)
    _bora_fail("SOURCES must name one main.cpp, with main(), but names ${main_count}.")
  endif()
  foreach(file IN LISTS arg_SOURCES)
    get_source_file_property(is_generated "${file}" GENERATED)
    if(NOT is_generated)
      if(file MATCHES "^[A-Z_]+$" AND NOT EXISTS "${CMAKE_CURRENT_SOURCE_DIR}/${file}")
        _bora_fail("does not know the keyword '${file}'.\nUsage: ${usage}")
      endif()
      _bora_existing_path(_ file "${file}")
    endif()
  endforeach()
  foreach(folder IN LISTS arg_INCLUDES)
    if(NOT folder MATCHES "\\$<")
      _bora_existing_path(_ folder "${folder}")
    endif()
  endforeach()
  bora_warn_about_compiler()

  set(library_files "${arg_SOURCES}")
  list(REMOVE_ITEM library_files ${main_files})
  get_filename_component(source_folder "${main_files}" ABSOLUTE)
  get_filename_component(source_folder "${source_folder}" DIRECTORY)

  # This is an object library, not an archive, so that a file that only registers something is not dropped.
  set(library ${name}_app)
  if(library_files OR arg_TEMPLATES OR arg_ROUTES)
    add_library(${library} OBJECT ${library_files})
    set(scope PUBLIC)
  else()
    add_library(${library} INTERFACE)
    set(scope INTERFACE)
  endif()
  target_compile_features(${library} ${scope} cxx_std_20)
  target_include_directories(${library} ${scope} "${source_folder}")
  target_link_libraries(${library} ${scope} Bora::web Bora::filters Bora::websocket ${arg_LIBRARIES})
  target_compile_definitions(${library} ${scope} ${arg_DEFINITIONS})
  target_include_directories(${library} ${scope} ${arg_INCLUDES})
  if(arg_PRECOMPILE AND scope STREQUAL "PUBLIC")
    target_precompile_headers(${library} PRIVATE <bora/web.h>)
    # A compiler cache may return a file that was made from headers with other dates.
    target_compile_options(${library} PRIVATE
      "$<$<CXX_COMPILER_ID:Clang>:SHELL:-Xclang -fno-pch-timestamp>")
  endif()

  add_executable(${name} ${main_files})
  target_link_libraries(${name} PRIVATE ${library})
  bora_link_with_lto(${name})
  if(scope STREQUAL "PUBLIC")
    bora_prepare_for_lto(${library})
  endif()

  set(out "${CMAKE_CURRENT_BINARY_DIR}/bora/${name}")
  file(MAKE_DIRECTORY "${out}")
  _bora_is_for_development(is_for_development)
  if(is_for_development)
    target_link_libraries(${name} PRIVATE Bora::devtools)
  endif()
  _bora_describe_app(${name} "${out}" TEMPLATES "${arg_TEMPLATES}" ROUTES "${arg_ROUTES}" STATIC "${arg_STATIC}")
  _bora_explain_compiler(${name} "${out}")
  _bora_explain_compiler(${library} "${out}")
  set(_bora_is_app TRUE)
  if(arg_TEMPLATES)
    _bora_templates_into(${library} "${arg_TEMPLATES}" "${arg_TEMPLATE_FILES}" "${out}" "${arg_STATIC}"
                         "${arg_ROUTES}")
  endif()
  if(arg_ROUTES)
    _bora_routes_into(${library} "${arg_ROUTES}" "${out}" "${arg_SOURCES}" "${source_folder}")
  endif()
  if(arg_STATIC)
    _bora_static_beside(${name} "${arg_STATIC}")
  endif()
  get_property(apps DIRECTORY PROPERTY _bora_apps)
  if(NOT apps)
    cmake_language(DEFER CALL _bora_note_forgotten_routes)
  endif()
  set_property(DIRECTORY APPEND PROPERTY _bora_apps ${name})
endfunction()

function(bora_add_app_test name)
  set(_bora_function "bora_add_app_test(${name})")
  cmake_parse_arguments(PARSE_ARGV 1 arg "" "APP" "SOURCES;LIBRARIES")
  _bora_check_arguments("bora_add_app_test(name APP app SOURCES file... [LIBRARIES library...])" APP SOURCES)
  _bora_check_new_target("${name}")
  if(NOT TARGET "${arg_APP}_app")
    _bora_fail("'${arg_APP}' is not the name of a bora_add_app().")
  endif()
  foreach(file IN LISTS arg_SOURCES)
    _bora_existing_path(_ file "${file}")
  endforeach()

  find_package(Catch2 QUIET)
  if(NOT TARGET Catch2::Catch2WithMain)
    message(STATUS "${name} is not built: Catch2 was not found. "
                   "(Debian, Ubuntu: apt install catch2; Fedora: dnf install catch-devel)")
    return()
  endif()

  add_executable(${name} ${arg_SOURCES})
  target_link_libraries(${name} PRIVATE ${arg_APP}_app Bora::testing Catch2::Catch2WithMain ${arg_LIBRARIES})
  _bora_explain_compiler(${name} "${CMAKE_CURRENT_BINARY_DIR}/bora/${arg_APP}")
  _bora_program_folder(folder ${arg_APP})
  set_target_properties(${name} PROPERTIES RUNTIME_OUTPUT_DIRECTORY "${folder}")
  add_dependencies(${name} ${arg_APP})  # building it makes the static files reachable
  add_test(NAME ${name} COMMAND ${name} WORKING_DIRECTORY "${CMAKE_CURRENT_SOURCE_DIR}")
endfunction()

function(bora_install_app name)
  set(_bora_function "bora_install_app(${name})")
  cmake_parse_arguments(PARSE_ARGV 1 arg "" "DESTINATION" "")
  _bora_check_arguments("bora_install_app(name [DESTINATION folder])")
  if(NOT TARGET "${name}")
    _bora_fail("there is no target named '${name}': make it before.")
  endif()
  if(NOT PROJECT_IS_TOP_LEVEL)
    return()
  endif()
  if(NOT arg_DESTINATION)
    set(arg_DESTINATION bin)
  endif()
  install(TARGETS ${name} RUNTIME DESTINATION "${arg_DESTINATION}")
  get_target_property(sources ${name} BORA_STATIC_SOURCES)
  get_target_property(links ${name} BORA_STATIC_LINKS)
  if(sources)
    foreach(source link IN ZIP_LISTS sources links)
      install(DIRECTORY "${source}/" DESTINATION "${arg_DESTINATION}/${link}")
    endforeach()
  endif()
endfunction()
