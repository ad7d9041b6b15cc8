# Writes OUTPUT, a C++ file with the bytes of all files of LIST (one path a line, relative to ROOT):
#   cmake -D ROOT=... -D LIST=... -D HEADER=... -D NAMESPACE=... -D FUNCTION=... -D OUTPUT=...
#         -P embed_files.cmake
# HEADER declares, in NAMESPACE, `struct EmbeddedFile {string_view path, text}` and
# `std::span<const EmbeddedFile> FUNCTION()`. A CMake script needs no other program in the
# build. The order is that of LIST, so the same files give the same bytes.

file(STRINGS "${LIST}" paths)

set(entries "")
foreach(path IN LISTS paths)
  # The bytes are read as hexadecimal, because CMake's own strings can't hold brackets, semicolons and NUL safely.
  file(READ "${ROOT}/${path}" bytes HEX)
  string(LENGTH "${bytes}" size)
  math(EXPR size "${size} / 2")
  # A literal has at most 48 bytes, so that lines are readable. All bytes are escapes, so none can swallow the next digit.
  string(REGEX REPLACE "([0-9a-f][0-9a-f])" "\\\\x\\1" bytes "${bytes}")
  string(REPEAT "...." 48 line)
  string(REGEX REPLACE "(${line})" "\\1\"\n     \"" bytes "${bytes}")
  string(APPEND entries "    {\"${path}\",\n     {\"${bytes}\", ${size}}},\n")
endforeach()

string(CONCAT text
  "#include \"${HEADER}\"\n\n"
  "namespace ${NAMESPACE} {\n"
  "namespace {\n\n"
  "constexpr EmbeddedFile kFiles[] = {\n${entries}};\n\n"
  "}  // namespace\n\n"
  "std::span<const EmbeddedFile> ${FUNCTION}() { return kFiles; }\n\n"
  "}  // namespace ${NAMESPACE}\n")
file(WRITE "${OUTPUT}" "${text}")
