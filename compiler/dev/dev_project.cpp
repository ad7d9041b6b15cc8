#include "compiler/dev/dev_project.h"

#include <algorithm>
#include <cstdlib>
#include <optional>
#include <utility>

#include "compiler/dev/build_log.h"
#include "compiler/dev/json_value.h"

namespace bora::compiler {
namespace {

/// The presets of a project and of its user, with those of the files that they include.
class Presets {
 public:
  Presets(FileSystem& files, const std::string& source) : files_(files), source_(source) {
    for (const char* name : {"CMakePresets.json", "CMakeUserPresets.json"})
      read(source + '/' + name);
  }

  [[nodiscard]] bool empty() const { return presets_.empty(); }

  /// Returns the preset that find_build_tree() describes; empty if there is none.
  [[nodiscard]] std::string choose(const std::string& wanted) const {
    const auto has = [this](const std::string& name) { return find(name) != nullptr; };
    if (!wanted.empty()) return has(wanted) ? wanted : std::string();
    for (const char* usual : {"dev", "debug"}) {
      if (has(usual)) return usual;
    }
    for (const JSONValue& preset : presets_) {
      const JSONValue* hidden = preset.find("hidden");
      if (hidden == nullptr || !hidden->boolean) return preset.string("name");
    }
    return {};
  }

  [[nodiscard]] std::string names() const {
    std::string list;
    for (const JSONValue& preset : presets_) {
      const JSONValue* hidden = preset.find("hidden");
      if (hidden != nullptr && hidden->boolean) continue;
      list += (list.empty() ? "" : ", ") + preset.string("name");
    }
    return list;
  }

  [[nodiscard]] std::string folder(const std::string& name) const {
    std::string text = binary_dir(name, 0);
    if (text.empty()) text = "${sourceDir}/build/${presetName}";
    const auto replace = [&text](const std::string& macro, const std::string& value) {
      for (std::size_t at = 0; (at = text.find(macro, at)) != std::string::npos; at += value.size())
        text.replace(at, macro.size(), value);
    };
    replace("${sourceDir}", source_);
    replace("${sourceParentDir}", std::string(parent_path(source_)));
    replace("${sourceDirName}", source_.substr(source_.rfind('/') + 1));
    replace("${presetName}", name);
    for (const std::string prefix : {"$env{", "$penv{"}) {
      for (std::size_t at = 0; (at = text.find(prefix)) != std::string::npos;) {
        const std::size_t end = text.find('}', at);
        if (end == std::string::npos) break;
        const std::string variable = text.substr(at + prefix.size(), end - at - prefix.size());
        const char* value = std::getenv(variable.c_str());
        text.replace(at, end + 1 - at, value == nullptr ? "" : value);
      }
    }
    if (!text.starts_with('/')) text = source_ + '/' + text;
    return files_.absolute(text);
  }

 private:
  void read(const std::string& path) {
    std::string text;
    if (read_files_.size() > 32 || files_.read(path, text)) return;
    if (std::find(read_files_.begin(), read_files_.end(), path) != read_files_.end()) return;
    read_files_.push_back(path);
    const std::optional<JSONValue> json = read_json(text);
    if (!json) return;  // CMake reports what is wrong.
    if (const JSONValue* includes = json->find("include")) {
      for (const JSONValue& include : includes->items) {
        read(include.text.starts_with('/') ? include.text
                                           : std::string(parent_path(path)) + '/' + include.text);
      }
    }
    if (const JSONValue* list = json->find("configurePresets"))
      presets_.insert(presets_.end(), list->items.begin(), list->items.end());
  }

  [[nodiscard]] const JSONValue* find(const std::string& name) const {
    for (const JSONValue& preset : presets_) {
      if (preset.string("name") == name) return &preset;
    }
    return nullptr;
  }

  [[nodiscard]] std::string binary_dir(const std::string& name, int depth) const {
    const JSONValue* preset = find(name);
    if (preset == nullptr || depth > 32) return {};
    if (std::string own = preset->string("binaryDir"); !own.empty()) return own;
    const JSONValue* parents = preset->find("inherits");
    if (parents == nullptr) return {};
    if (parents->kind == JSONValue::Kind::string) return binary_dir(parents->text, depth + 1);
    for (const JSONValue& parent : parents->items) {
      if (std::string found = binary_dir(parent.text, depth + 1); !found.empty()) return found;
    }
    return {};
  }

  FileSystem& files_;
  std::string source_;
  std::vector<std::string> read_files_;
  std::vector<JSONValue> presets_;
};

bool is_below(const std::string& path, const std::string& folder) {
  return path == folder || path.starts_with(folder + '/');
}

}  // namespace

BuildTree find_build_tree(FileSystem& files, const std::string& directory,
                          const std::string& preset, std::string& problem) {
  BuildTree tree;
  std::string topmost;
  for (std::string at = directory; !at.empty(); at = parent_path(at)) {
    if (files.kind(at + "/CMakeLists.txt") != FileKind::file) continue;
    topmost = at;
    if (files.kind(at + "/CMakePresets.json") == FileKind::file) break;
  }
  if (topmost.empty()) {
    problem =
        "there is no CMakeLists.txt here or in a folder above; `bora new NAME` makes a project";
    return tree;
  }
  tree.source = topmost;
  const Presets presets(files, topmost);
  tree.preset = presets.choose(preset);
  if (!tree.preset.empty()) {
    tree.folder = presets.folder(tree.preset);
  } else if (preset.empty()) {
    tree.folder = topmost + "/build/dev";
  } else {
    problem =
        "there is no preset '" + preset + "' in " + topmost +
        (presets.empty() ? ", which has no CMakePresets.json" : "; it has " + presets.names());
  }
  return tree;
}

std::vector<AppInfo> apps_of(FileSystem& files, const BuildTree& tree) {
  std::vector<AppInfo> apps;
  std::vector<std::string> names;
  const std::string folder = tree.folder + "/bora/apps";
  if (files.list(folder, names)) return apps;
  for (const std::string& name : names) {
    std::string text;
    if (!name.ends_with(".txt") || files.read(folder + '/' + name, text)) continue;
    AppInfo app;
    const std::pair<const char*, std::string*> fields[] = {
        {"name", &app.name},      {"program", &app.program},        {"source", &app.source},
        {"out", &app.out},        {"routes", &app.routes},          {"templates", &app.templates},
        {"static", &app.statics}, {"development", &app.development}};
    for (const std::string& line : lines_of(text)) {
      const std::size_t equals = line.find('=');
      for (const auto& [key, value] : fields) {
        if (equals != std::string::npos && line.substr(0, equals) == key)
          *value = line.substr(equals + 1);
      }
    }
    if (!app.name.empty()) apps.push_back(std::move(app));
  }
  return apps;
}

AppInfo choose_app(const std::vector<AppInfo>& apps, const std::string& name,
                   const std::string& directory, std::string& problem) {
  std::string all;
  for (const AppInfo& app : apps) {
    if (app.name == name) return app;
    all += (all.empty() ? "" : ", ") + app.name;
  }
  if (apps.empty()) {
    problem = "this project calls no bora_add_app()";
  } else if (!name.empty()) {
    problem = "there is no app '" + name + "'; the project has " + all;
  } else if (apps.size() == 1) {
    return apps.front();
  } else {
    std::vector<const AppInfo*> near;
    for (const AppInfo& app : apps) {
      if (is_below(directory, app.source)) near.push_back(&app);
    }
    const auto longest = std::max_element(near.begin(), near.end(), [](auto* a, auto* b) {
      return a->source.size() < b->source.size();
    });
    if (longest != near.end() && std::count_if(near.begin(), near.end(), [&](auto* app) {
                                   return app->source == (*longest)->source;
                                 }) == 1) {
      return **longest;
    }
    problem = "this project has several apps; say which: " + all;
  }
  return {};
}

std::string cache_variable(FileSystem& files, const BuildTree& tree, const std::string& name) {
  std::string text;
  if (files.read(tree.cache(), text)) return {};
  for (const std::string& line : lines_of(text)) {
    if (!line.starts_with(name + ':')) continue;
    const std::size_t equals = line.find('=');
    return equals == std::string::npos ? std::string() : line.substr(equals + 1);
  }
  return {};
}

ProcessSpec configure_spec(const BuildTree& tree) {
  ProcessSpec spec;
  spec.directory = tree.source;
  if (tree.preset.empty()) {
    spec.command = {"cmake",
                    "-S",
                    tree.source,
                    "-B",
                    tree.folder,
                    "-G",
                    "Ninja",
                    "-DCMAKE_BUILD_TYPE=Debug",
                    "-DCMAKE_EXPORT_COMPILE_COMMANDS=ON"};
  } else {
    spec.command = {"cmake", "--preset", tree.preset};
  }
  return spec;
}

ProcessSpec build_spec(FileSystem& files, const BuildTree& tree, const std::string& target) {
  ProcessSpec spec;
  const std::string generator = cache_variable(files, tree, "CMAKE_GENERATOR");
  const std::string program = cache_variable(files, tree, "CMAKE_MAKE_PROGRAM");
  if (generator == "Ninja" && !program.empty()) {
    spec.command = {program, "-C", tree.folder};
    if (!target.empty()) spec.command.push_back(target);
    spec.environment = {{"NINJA_STATUS", std::string(kNinjaMark) + "%f/%t] "}};
  } else {
    spec.command = {"cmake", "--build", tree.folder, "--parallel"};
    if (!target.empty()) spec.command.insert(spec.command.end(), {"--target", target});
  }
  return spec;
}

}  // namespace bora::compiler
