# What a parent project wants of its own targets is no matter of Bora's: these variables begin the
# properties of every target that is made in this folder and below. Parents keep theirs, since a folder's
# variables end with it.

# Several of our sources in one unit clash: each may name what only it uses as it likes.
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
  # Set to nothing, not unset: a cache variable of this name would show through.
  foreach(language C CXX)
    set(CMAKE_${language}_VISIBILITY_PRESET default)
    foreach(tool CLANG_TIDY CPPCHECK CPPLINT INCLUDE_WHAT_YOU_USE)
      set(CMAKE_${language}_${tool} "")
    endforeach()
  endforeach()
endif()
