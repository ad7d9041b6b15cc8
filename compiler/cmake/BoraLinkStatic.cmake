# Makes the folder SOURCE reachable as LINK, after a program was linked:
#   cmake -D SOURCE=... -D LINK=... -P BoraLinkStatic.cmake

file(REAL_PATH "${SOURCE}" source)
file(REAL_PATH "${LINK}" current)
if(source STREQUAL current)
  return()  # it is linked already, or the program is in the same folder as its static files
endif()

if(IS_SYMLINK "${LINK}")
  file(REMOVE "${LINK}")
endif()
get_filename_component(parent "${LINK}" DIRECTORY)
file(MAKE_DIRECTORY "${parent}")
if(NOT EXISTS "${LINK}")
  file(CREATE_LINK "${SOURCE}" "${LINK}" RESULT problem SYMBOLIC)
  if(problem EQUAL 0)
    return()
  endif()
endif()
file(COPY "${SOURCE}/" DESTINATION "${LINK}")
