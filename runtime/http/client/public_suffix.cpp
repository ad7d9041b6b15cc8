// libpsl is looked for when the first cookie names a domain, and not when Bora is built or a
// program is linked: few programs have a jar, and those that have none should not depend on it.

#include "runtime/http/client/public_suffix.h"

#include <dlfcn.h>

namespace bora::http {

namespace {

struct Library {
  using Judge = int (*)(const void* list, const char* domain);

  Judge judge = nullptr;  ///< psl_is_public_suffix(); null: there is no libpsl.
  const void* list = nullptr;
};

Library load() {
  Library found;
  void* const library = ::dlopen("libpsl.so.5", RTLD_NOW | RTLD_LOCAL);
  if (library == nullptr) return found;
  const auto newest =
      reinterpret_cast<const void* (*)(const char* file)>(::dlsym(library, "psl_latest"));
  const auto built_in = reinterpret_cast<const void* (*)()>(::dlsym(library, "psl_builtin"));
  const auto judge = reinterpret_cast<Library::Judge>(::dlsym(library, "psl_is_public_suffix"));
  // Uses the system's list if it is newer than the library's own.
  if (newest != nullptr) found.list = newest(nullptr);
  if (found.list == nullptr && built_in != nullptr) found.list = built_in();
  if (found.list != nullptr) found.judge = judge;
  return found;
}

const Library& library() {
  static const Library loaded = load();
  return loaded;
}

}  // namespace

bool is_public_suffix(const std::string& domain) {
  if (domain.find('.') == std::string::npos) return true;
  const Library& known = library();
  return known.judge != nullptr && known.judge(known.list, domain.c_str()) == 1;
}

bool knows_public_suffixes() {
  return library().judge != nullptr;
}

}  // namespace bora::http
