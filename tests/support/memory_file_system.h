#pragma once

#include <map>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "compiler/driver/file_system.h"

namespace bora::testing {

/// Files in memory, with failures on demand. Relative paths start at "/project".
class MemoryFileSystem : public compiler::FileSystem {
 public:
  using Error = compiler::FileError;
  using Kind = compiler::FileKind;

  /// Puts a file there, and the folders above it.
  void add(const std::string& path, std::string text) {
    add_directory(compiler::parent_path(absolute(path)));
    files_[absolute(path)] = std::move(text);
  }
  void add_directory(const std::string& path) {
    for (std::string folder = absolute(path); folder != "/"; folder = compiler::parent_path(folder))
      directories_.insert(folder);
  }
  /// `path` becomes a symbolic link to the file `target`.
  void add_link(const std::string& path, const std::string& target) {
    links_[absolute(path)] = absolute(target);
  }
  /// From now on reading (or writing, making, touching) `path` fails with `message`.
  void fail_reading(const std::string& path, std::string message) {
    read_failures_[absolute(path)] = std::move(message);
  }
  void fail_writing(const std::string& path, std::string message) {
    write_failures_[absolute(path)] = std::move(message);
  }

  [[nodiscard]] bool has(const std::string& path) { return kind(path) != Kind::missing; }
  /// A file's text; "(none)" when it does not exist.
  [[nodiscard]] std::string text(const std::string& path) {
    const auto found = files_.find(absolute(path));
    return found == files_.end() ? "(none)" : found->second;
  }
  /// All files, absolute and sorted.
  [[nodiscard]] std::vector<std::string> all_files() const {
    std::vector<std::string> paths;
    for (const auto& [path, text] : files_) paths.push_back(path);
    return paths;
  }
  /// What was written, made or touched, in this order, as it was spelled.
  std::vector<std::string> changes;

  Kind kind(const std::string& path) override {
    const std::string real = resolved(path);
    if (files_.contains(real)) return Kind::file;
    return real == "/" || directories_.contains(real) ? Kind::directory : Kind::missing;
  }

  Error read(const std::string& path, std::string& text) override {
    text.clear();
    const std::string real = resolved(path);
    if (const auto failure = read_failures_.find(real); failure != read_failures_.end())
      return {Error::Kind::other, failure->second};
    if (kind(real) == Kind::directory) return {Error::Kind::is_directory, "Is a directory"};
    if (!files_.contains(real)) return missing();
    text = files_[real];
    return {};
  }

  Error write(const std::string& path, std::string_view text) override {
    if (Error error = check_change(path)) return error;
    if (kind(path) == Kind::directory) return {Error::Kind::is_directory, "Is a directory"};
    files_[absolute(path)] = text;
    changes.push_back(path);
    return {};
  }

  Error create_file(const std::string& path, std::string_view text) override {
    if (has(path)) return {Error::Kind::exists, "File exists"};
    return write(path, text);
  }

  Error create_directory(const std::string& path) override {
    if (has(path)) return {Error::Kind::exists, "File exists"};
    if (Error error = check_change(path)) return error;
    directories_.insert(absolute(path));
    changes.push_back(path);
    return {};
  }

  Error touch(const std::string& path) override {
    if (Error error = check_change(path)) return error;
    files_.try_emplace(absolute(path));
    changes.push_back(path);
    return {};
  }

  Error remove(const std::string& path) override {
    const std::string gone = absolute(path);
    if (files_.erase(gone) == 1) return {};
    for (const std::string& other : all_files()) {
      if (other.starts_with(gone + "/")) return {Error::Kind::other, "Directory not empty"};
    }
    return directories_.erase(gone) == 1 ? Error{} : missing();
  }

  Error list(const std::string& directory, std::vector<std::string>& names) override {
    names.clear();
    if (kind(directory) != Kind::directory) return missing();
    const std::string prefix = absolute(directory) + "/";
    std::set<std::string> sorted;
    for (const auto& [path, text] : files_) add_name(prefix, path, sorted);
    for (const auto& [path, target] : links_) add_name(prefix, path, sorted);
    names.assign(sorted.begin(), sorted.end());
    return {};
  }

  bool is_inside(const std::string& directory, const std::string& path) override {
    return has(path) && has(directory) && resolved(path).starts_with(absolute(directory) + "/");
  }

  std::string absolute(const std::string& path) override {
    std::vector<std::string> parts;
    std::string rest = path.starts_with('/') ? path : "/project/" + path;
    rest += '/';
    for (std::size_t slash; (slash = rest.find('/')) != std::string::npos;
         rest.erase(0, slash + 1)) {
      const std::string part = rest.substr(0, slash);
      if (part == "..") {
        if (!parts.empty()) parts.pop_back();
      } else if (!part.empty() && part != ".") {
        parts.push_back(part);
      }
    }
    std::string result;
    for (const std::string& part : parts) result += "/" + part;
    return result.empty() ? "/" : result;
  }

 private:
  static Error missing() { return {Error::Kind::not_found, "No such file or directory"}; }

  std::string resolved(const std::string& path) {
    std::string real = absolute(path);
    for (auto link = links_.find(real); link != links_.end(); link = links_.find(real))
      real = link->second;
    return real;
  }

  Error check_change(const std::string& path) {
    if (const auto failure = write_failures_.find(absolute(path)); failure != write_failures_.end())
      return {Error::Kind::other, failure->second};
    const std::string folder = compiler::parent_path(absolute(path));
    return kind(folder) == Kind::directory ? Error{} : missing();
  }

  static void add_name(const std::string& prefix, const std::string& path,
                       std::set<std::string>& names) {
    if (!path.starts_with(prefix)) return;
    std::string name = path.substr(prefix.size());
    std::string rest = name + '/';
    for (std::size_t slash; (slash = rest.find('/')) != std::string::npos;
         rest.erase(0, slash + 1)) {
      if (compiler::is_ignored_name(rest.substr(0, slash))) return;
    }
    names.insert(std::move(name));
  }

  std::map<std::string, std::string> files_;
  std::set<std::string> directories_{"/project"};
  std::map<std::string, std::string> links_;
  std::map<std::string, std::string> read_failures_;
  std::map<std::string, std::string> write_failures_;
};

}  // namespace bora::testing
