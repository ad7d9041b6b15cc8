# A parent project's settings for its own targets must not affect Bora: these variables are the first values of the
# properties of all targets that are made in this folder and below. The parent keeps its own, since a folder's
# variables end with it.

# Bora's sources may clash if several are in one unit, because names that a file alone uses need not be unique.
set(CMAKE_UNITY_BUILD OFF)

if(NOT PROJECT_IS_TOP_LEVEL)
  set(CMAKE_CXX_STANDARD 20)
  set(CMAKE_CXX_STANDARD_REQUIRED ON)
  set(CMAKE_COMPILE_WARNING_AS_ERROR OFF)
  set(CMAKE_INTERPROCEDURAL_OPTIMIZATION OFF)
  foreach(config DEBUG RELEASE RELWITHDEBINFO MINSIZEREL)
    set(CMAKE_INTERPROCEDURAL_OPTIMIZATION_${config} OFF)
  endforeach()
  set(CMAKE_VISIBILITY_INLINES_HIDDEN OFF)
  set(CMAKE_CXX_SCAN_FOR_MODULES OFF)
  set(CMAKE_LINK_WHAT_YOU_USE OFF)
  foreach(tool AUTOMOC AUTOUIC AUTORCC)
    set(CMAKE_${tool} OFF)
  endforeach()
  # These are empty, but not unset: otherwise a cache variable of the same name would be used.
  foreach(language C CXX)
    set(CMAKE_${language}_VISIBILITY_PRESET default)
    foreach(tool CLANG_TIDY CPPCHECK CPPLINT INCLUDE_WHAT_YOU_USE)
      set(CMAKE_${language}_${tool} "")
    endforeach()
  endforeach()
endif()
