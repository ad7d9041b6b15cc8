# bora_embed_files(STEM ROOT dir FILES ... HEADER ... NAMESPACE ... FUNCTION ...): makes STEM.cpp in the
# current binary folder, which contains the FILES (relative to ROOT) as constant data. See embed_files.cmake.
set(BORA_EMBED_SCRIPT ${CMAKE_CURRENT_LIST_DIR}/embed_files.cmake)

function(bora_embed_files stem)
  cmake_parse_arguments(PARSE_ARGV 1 arg "" "ROOT;HEADER;NAMESPACE;FUNCTION" "FILES")
  list(SORT arg_FILES)
  list(JOIN arg_FILES "\n" lines)
  set(list ${CMAKE_CURRENT_BINARY_DIR}/${stem}.list)
  set(output ${CMAKE_CURRENT_BINARY_DIR}/${stem}.cpp)
  file(CONFIGURE OUTPUT ${list} CONTENT "@lines@\n" @ONLY)
  list(TRANSFORM arg_FILES PREPEND ${arg_ROOT}/ OUTPUT_VARIABLE inputs)
  add_custom_command(
    OUTPUT ${output}
    COMMAND ${CMAKE_COMMAND} -D ROOT=${arg_ROOT} -D LIST=${list} -D HEADER=${arg_HEADER}
            -D NAMESPACE=${arg_NAMESPACE} -D FUNCTION=${arg_FUNCTION} -D OUTPUT=${output}
            -P ${BORA_EMBED_SCRIPT}
    DEPENDS ${BORA_EMBED_SCRIPT} ${list} ${inputs}
    COMMENT "Embedding ${stem}"
    VERBATIM)
endfunction()
