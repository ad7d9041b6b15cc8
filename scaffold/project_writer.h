#pragma once

#include <string>
#include <string_view>
#include <vector>

// The files of `bora new`. Every kind of project is a folder of skeletons/: a real project, which
// our own tests build and run as it is. Each option has a folder beside it whose name has a '+'
// ("site+db"): files that are added or replaced, and files NAME.edit with changes of NAME. A file
// that several folders share is in one of them, and the others have a link to it. The build embeds
// all of them here, so that the `bora` program needs no file beside it.

namespace bora::scaffold {

/// A kind of project: "site", "A guestbook: layout, form, static files, tests".
struct Kind {
  std::string_view name;
  std::string_view summary;
};

/// The options of a project besides its kind.
struct ProjectOptions {
  std::string db{};   ///< "", "sqlite" or "postgres".
  bool auth = false;  ///< whether users can sign in; in a site with `db`, or else SQLite
  std::vector<std::string> with{};  ///< names from extras()
};

/// "docker", "systemd", "nginx", "ci": files for the places where a project is built and run.
std::vector<std::string_view> extras();

/// Returns what is wrong with the options of a project of this kind, as a sentence without a full
/// stop; empty if nothing is.
std::string options_problem(std::string_view kind, const ProjectOptions& options);

/// One file of a new project.
struct ProjectFile {
  std::string path;  ///< Relative to the project's folder, with '/': "src/handlers/home.h".
  std::string text;  ///< All its bytes.
};

/// All kinds, the default one first.
std::vector<Kind> kinds();

/// Returns what is wrong with `name` as a project's name, as a sentence without a full stop
/// ("'class' is a keyword of C++"); empty if the name can be used.
///
/// The name becomes a folder, a CMake target and a program, and later perhaps a namespace. So it is
/// a letter, then letters, digits, '_' and '-', at most 64 in all; it is no keyword of C++, and no
/// target name that CMake or Bora uses.
std::string name_problem(std::string_view name);

/// Returns the files of a new project, ordered by path. Nothing is written anywhere.
///
/// @param kind  A name in kinds().
/// @param name  One without a name_problem().
/// @throws std::invalid_argument  There is no such kind, or the name or the options have a problem.
std::vector<ProjectFile> project_files(std::string_view kind, std::string_view name,
                                       const ProjectOptions& options = {});

}  // namespace bora::scaffold
