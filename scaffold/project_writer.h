#pragma once

#include <string>
#include <string_view>
#include <vector>

// What `bora new` writes. Every kind of project is a folder of skeletons/: a real project, which
// our own tests build and run as it stands. What an option adds lies in a folder beside it whose
// name has a '+' ("site+db"): files that are added or replaced, and files NAME.edit with changes of
// NAME. What several folders have alike is a file in one of them and a link to it in the others. The
// build embeds all of them here, so that the `bora` program needs no file beside it.

namespace bora::scaffold {

/// A kind of project: "site", "A guestbook: layout, form, static files, tests".
struct Kind {
  std::string_view name;
  std::string_view summary;
};

/// What a project has beside its kind.
struct ProjectOptions {
  std::string db{};  ///< "", "sqlite" or "postgres".
  bool auth =
      false;  ///< Somebody can sign in. Of a site, that needs a database: SQLite if none is named.
  std::vector<std::string> with{};  ///< Of extras().
};

/// "docker", "systemd", "nginx", "ci": files for where a project is built and run.
std::vector<std::string_view> extras();

/// What is wrong with the options of a project of this kind, as a sentence without a full stop;
/// empty: nothing.
std::string options_problem(std::string_view kind, const ProjectOptions& options);

/// One file of a new project.
struct ProjectFile {
  std::string path;  ///< Relative to the project's folder, with '/': "src/handlers/home.h".
  std::string text;  ///< All its bytes.
};

/// All kinds, the default one first.
std::vector<Kind> kinds();

/// What is wrong with `name` as a project's name, as a sentence without a full stop ("'class' is a
/// keyword of C++"); empty: it can be used.
///
/// The name becomes a folder, a CMake target and a program, and later perhaps a namespace. So: a
/// letter, then letters, digits, '_' and '-', at most 64 in all; no keyword of C++, no target name
/// that CMake or Bora has taken.
std::string name_problem(std::string_view name);

/// The files of a new project, ordered by path. Nothing is written anywhere.
///
/// @param kind  A name out of kinds().
/// @param name  One without a name_problem().
/// @throws std::invalid_argument  There is no such kind, or the name or the options have a problem.
std::vector<ProjectFile> project_files(std::string_view kind, std::string_view name,
                                       const ProjectOptions& options = {});

}  // namespace bora::scaffold
