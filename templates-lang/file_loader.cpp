#include "templates-lang/file_loader.h"

#include <algorithm>
#include <utility>

#include "templates-lang/codes.h"

namespace bora::lang {
namespace {

std::string_view folder_of(std::string_view name) {
  const std::size_t slash = name.rfind('/');
  return slash == std::string_view::npos ? std::string_view() : name.substr(0, slash);
}

std::string_view last_part(std::string_view name) {
  return name.substr(name.rfind('/') + 1);
}

/// Returns `name` as the file `containing` has to write it.
std::string written_in(std::string_view name, std::string_view containing) {
  const std::string folder(folder_of(containing));
  if (folder.empty()) return std::string(name);
  if (name.starts_with(folder + "/")) return std::string(name.substr(folder.size() + 1));
  return "/" + std::string(name);
}

// A file of that name in another folder is a better guess than one with a similar name.
std::string nearest_template(std::string_view wanted, std::vector<std::string> names,
                             std::string_view containing) {
  std::string slashes(wanted);
  std::ranges::replace(slashes, '\\', '/');
  std::erase(names, containing);
  const auto is_namesake = [&](const std::string& name) {
    return last_part(name) == last_part(slashes);
  };
  const auto namesake = std::ranges::find_if(names, is_namesake);
  return namesake != names.end() ? *namesake : nearest_name(slashes, names);
}

}  // namespace

std::optional<std::string> resolve_template_name(std::string_view written,
                                                 std::string_view containing) {
  std::vector<std::string_view> parts;
  const auto add = [&](std::string_view path) {
    while (true) {
      const std::size_t slash = path.find('/');
      const std::string_view part = path.substr(0, slash);
      if (part == "..") {
        if (parts.empty()) return false;
        parts.pop_back();
      } else if (!part.empty() && part != ".") {
        parts.push_back(part);
      }
      if (slash == std::string_view::npos) return true;
      path.remove_prefix(slash + 1);
    }
  };
  if (!written.starts_with('/')) add(folder_of(containing));
  const bool is_folder = written.empty() || written.ends_with('/');
  if (!add(written) || parts.empty() || is_folder) return std::nullopt;
  std::string name(parts.front());
  for (std::size_t i = 1; i < parts.size(); ++i) name += "/" + std::string(parts[i]);
  return name;
}

const Template* FileLoader::load_page() {
  Diagnostic found;
  found.file = page_.name;
  const auto name = resolve_template_name(page_.name, "");
  if (!name) {
    found.code = codes::kOutsideRoot;
    found.message = quoted(page_.name) + " is no file inside the template folder";
    sink_.report(std::move(found));
    return nullptr;
  }
  page_.name = *name;
  return load_resolved(*name, std::move(found), nullptr);
}

const Template* FileLoader::load(std::string_view written, Span span, const Template& from) {
  const auto name = resolve_template_name(written, from.name);
  if (name) return load_resolved(*name, error_at("", from.source, span, ""), &from);
  sink_.report(
      error_at(codes::kOutsideRoot, from.source, span,
               quoted(written) + " is no file inside the template folder",
               "names are relative to this file's folder, or to the template folder with a "
               "leading '/'"));
  return nullptr;
}

const Template* FileLoader::load_resolved(const std::string& name, Diagnostic found,
                                          const Template* from) {
  const TemplateCache::Entry& entry = cache_.load(name);
  if (entry.file) {
    if (loaded_.insert(entry.file.get()).second) {
      page_.files.push_back(entry.file);
      for (const Diagnostic& diagnostic : entry.diagnostics) sink_.report(diagnostic);
    }
    return entry.file.get();
  }
  const TemplateSource::Loaded& loaded = entry.loaded;
  if (loaded.status == TemplateSource::Status::unreadable) {
    found.code = codes::kFileUnreadable;
    found.message = "can't read template " + quoted(name) + ": " + loaded.error;
  } else if (loaded.status == TemplateSource::Status::outside_root) {
    found.code = codes::kOutsideRoot;
    found.message = "template " + quoted(name) + " lies outside the template folder";
  } else {
    found.code = codes::kFileNotFound;
    found.message = "there is no template " + quoted(name);
    const std::string_view containing = from ? from->name : std::string_view();
    const std::string nearest =
        sink_.is_full() ? std::string() : nearest_template(name, cache_.names(), containing);
    if (!nearest.empty()) {
      found.help = "did you mean " + quoted(written_in(nearest, containing)) + "?";
    }
  }
  sink_.report(std::move(found));
  return nullptr;
}

}  // namespace bora::lang
