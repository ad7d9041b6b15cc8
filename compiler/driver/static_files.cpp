#include "compiler/driver/static_files.h"

#include <memory>
#include <utility>

#include "compiler/routes/manifest.h"
#include "runtime/paths/static_reference.h"

namespace bora::compiler {

lang::StaticFiles static_files(FileSystem& files, const std::string& folder) {
  lang::StaticFiles result;
  result.folder = folder;
  result.has = [&files, folder](const std::string& argument) {
    const auto exists = [&](std::string_view name) {
      return files.kind(join_path(folder, std::string(name))) == FileKind::file;
    };
    return exists(paths::read_static_reference(argument, exists).path);
  };
  result.names = [&files, folder] {
    std::vector<std::string> names;
    (void)files.list(folder, names);
    return names;
  };
  return result;
}

std::vector<lang::StaticFiles> mounted_files(FileSystem& files, const std::string& manifest) {
  std::string text;
  if (files.read(manifest, text)) return {};
  lang::DiagnosticSink ignored;
  const auto routes =
      read_manifest(std::make_shared<const lang::SourceText>(manifest, std::move(text)), ignored);
  std::vector<lang::StaticFiles> result;
  if (!routes) return result;
  for (const Route& route : routes->routes) {
    if (route.kind != Route::Kind::static_mount) continue;
    const bool is_absolute = route.directory.starts_with('/');
    const std::string folder =
        is_absolute ? route.directory : join_path(parent_path(manifest), route.directory);
    if (files.kind(folder) == FileKind::directory) result.push_back(static_files(files, folder));
  }
  return result;
}

}  // namespace bora::compiler
