# Finds libpq, PostgreSQL's library for clients (Debian: libpq-dev). Makes the target Libpq::libpq.

if(TARGET Libpq::libpq)
  set(Libpq_FOUND TRUE)
  return()
endif()

find_path(Libpq_INCLUDE_DIR libpq-fe.h PATH_SUFFIXES postgresql pgsql)
find_library(Libpq_LIBRARY NAMES pq libpq)
if(Libpq_INCLUDE_DIR)
  # The pipeline mode exists since version 14.
  file(STRINGS "${Libpq_INCLUDE_DIR}/libpq-fe.h" _libpq_pipeline REGEX "define LIBPQ_HAS_PIPELINING")
endif()

include(FindPackageHandleStandardArgs)
find_package_handle_standard_args(Libpq REQUIRED_VARS Libpq_LIBRARY Libpq_INCLUDE_DIR _libpq_pipeline)
mark_as_advanced(Libpq_INCLUDE_DIR Libpq_LIBRARY)

if(Libpq_FOUND)
  add_library(Libpq::libpq UNKNOWN IMPORTED)
  set_target_properties(Libpq::libpq PROPERTIES IMPORTED_LOCATION "${Libpq_LIBRARY}"
    INTERFACE_INCLUDE_DIRECTORIES "${Libpq_INCLUDE_DIR}")
endif()
