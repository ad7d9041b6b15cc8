#include "compiler/cli/new_command.h"

#include <ostream>
#include <string_view>
#include <vector>

#include "scaffold/project_writer.h"
#include "templates-lang/diagnostic.h"

namespace bora::compiler {
namespace {

constexpr std::string_view kCommand = "new";

/// The files and folders that one run makes. It removes all of them unless keep() was called.
class NewProject {
 public:
  explicit NewProject(FileSystem& files) : files_(files) {}
  NewProject(const NewProject&) = delete;
  NewProject& operator=(const NewProject&) = delete;
  ~NewProject() {
    for (auto path = made_.rbegin(); path != made_.rend(); ++path) (void)files_.remove(*path);
  }

  /// Makes a folder that must not exist.
  FileError make_directory(const std::string& path) {
    FileError error = files_.create_directory(path);
    if (!error) made_.push_back(path);
    return error;
  }

  /// Makes a file, and the missing folders above it.
  FileError make_file(const std::string& path, std::string_view text) {
    if (FileError error = make_folders(parent_path(path))) return error;
    FileError error = files_.create_file(path, text);
    if (!error) made_.push_back(path);
    return error;
  }

  void keep() { made_.clear(); }

 private:
  FileError make_folders(const std::string& path) {
    if (path.empty() || files_.kind(path) == FileKind::directory) return {};
    if (FileError error = make_folders(parent_path(path))) return error;
    return make_directory(path);
  }

  FileSystem& files_;
  std::vector<std::string> made_;
};

std::string unknown_kind(const std::string& kind) {
  std::vector<std::string> names;
  std::string list;
  for (const scaffold::Kind& each : scaffold::kinds()) {
    names.emplace_back(each.name);
    list += (list.empty() ? "" : ", ") + names.back();
  }
  const std::string nearest = lang::nearest_name(kind, names);
  return "there is no kind of project '" + kind + "'; " +
         (nearest.empty() ? "the kinds are: " + list : "did you mean '" + nearest + "'?");
}

bool is_kind(std::string_view kind) {
  for (const scaffold::Kind& each : scaffold::kinds()) {
    if (each.name == kind) return true;
  }
  return false;
}

ExitStatus cannot_make(Host& host, const std::string& path, const FileError& error) {
  return environment_error(host, kCommand, "cannot make '" + path + "': " + error.message);
}

void print_next_steps(Host& host, const std::string& project, const std::string& name) {
  host.out.text << "\nNext:\n"
                << "  cd " << project << '\n'
                << "  bora dev    # builds, serves http://127.0.0.1:8888, and follows each edit\n"
                << "Or by hand:\n"
                << "  cmake --preset dev\n"
                << "  cmake --build build/dev\n"
                << "  ./build/dev/" << name << '\n';
}

}  // namespace

ExitStatus run_new(const NewOptions& options, Host& host) {
  if (const std::string problem = scaffold::name_problem(options.name); !problem.empty())
    return usage_error(host, kCommand, problem);
  const std::string kind =
      options.kind.empty() ? std::string(scaffold::kinds().front().name) : options.kind;
  if (!is_kind(kind)) return usage_error(host, kCommand, unknown_kind(kind));

  const scaffold::ProjectOptions extra{options.db, options.auth, options.with};
  if (const std::string problem = scaffold::options_problem(kind, extra); !problem.empty())
    return usage_error(host, kCommand, problem);

  const std::string project = join_path(options.directory, options.name);
  NewProject made(host.files);
  if (FileError error = made.make_directory(project)) {
    if (error.kind == FileError::Kind::exists)
      return usage_error(host, kCommand, "'" + project + "' exists already; nothing was written");
    return cannot_make(host, project, error);
  }
  std::vector<std::string> paths;
  for (const scaffold::ProjectFile& file : scaffold::project_files(kind, options.name, extra)) {
    paths.push_back(join_path(project, file.path));
    if (FileError error = made.make_file(paths.back(), file.text))
      return cannot_make(host, paths.back(), error);
  }
  made.keep();

  host.out.text << "Made " << counted(paths.size(), "file") << " in " << project << ":\n";
  for (const std::string& path : paths) host.out.text << "  " << path << '\n';
  print_next_steps(host, project, options.name);
  return ExitStatus::fine;
}

}  // namespace bora::compiler
