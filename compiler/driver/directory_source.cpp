#include "compiler/driver/directory_source.h"

#include <memory>
#include <utility>

namespace bora::compiler {

using lang::TemplateSource;

DirectorySource::DirectorySource(FileSystem& files, std::string root)
    : files_(files), root_(std::move(root)) {}

TemplateSource::Loaded DirectorySource::load(std::string_view name) {
  const auto found = loaded_.find(name);
  if (found != loaded_.end()) return found->second;
  return loaded_.emplace(std::string(name), read(path(name))).first->second;
}

TemplateSource::Loaded DirectorySource::read(const std::string& path) {
  Loaded loaded;
  if (files_.kind(path) != FileKind::missing &&
      !files_.is_inside(root_.empty() ? "." : root_, path)) {
    loaded.status = Status::outside_root;
    return loaded;
  }
  std::string text;
  const FileError error = files_.read(path, text);
  if (error.kind == FileError::Kind::not_found) return loaded;
  if (error) {
    loaded.status = Status::unreadable;
    loaded.error = error.message;
    return loaded;
  }
  loaded.status = Status::ok;
  loaded.source = std::make_shared<const lang::SourceText>(path, std::move(text));
  return loaded;
}

std::vector<std::string> DirectorySource::names() {
  std::vector<std::string> names;
  (void)files_.list(root_.empty() ? "." : root_, names);
  return names;
}

bool DirectorySource::has(std::string_view name) const {
  return files_.kind(path(name)) == FileKind::file;
}

std::vector<std::string> DirectorySource::loaded_names() const {
  std::vector<std::string> names;
  for (const auto& [name, loaded] : loaded_) {
    if (loaded.status == Status::ok) names.push_back(name);
  }
  return names;
}

}  // namespace bora::compiler
