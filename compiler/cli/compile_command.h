#pragma once

// `bora compile`: the command that a build calls. It only writes C++; people type `bora check`.
//
//   bora compile --root DIR --out DIR --stamp FILE --depfile FILE [--pages FILE] [--static DIR]
//                [--manifest FILE] [PAGE...]
//   bora compile --routes FILE --out DIR --stamp FILE --depfile FILE
//
// Templates. PAGE is relative to --root, with '/': "home.html", "blog/entry.html"; --pages names a
// file that lists more of them, one per line (for more pages than a command line holds). There can
// be any number of pages, but at least one. One call for all pages of an app reports all their
// errors in one build and sees names that would clash; one call for each page works as well. The
// order does not matter.
//
//   page              files, under --out                        type
//   home.html         views/home.h        views/home.cpp        views::home
//   blog/entry.html   views/blog/entry.h  views/blog/entry.cpp  views::blog::entry
//   blog/a-b.html     views/blog/a-b.h    views/blog/a-b.cpp    views::blog::a_b
//
//   mail.txt          views/mail.txt.h    views/mail.txt.cpp    views::mail_txt
//
// The last line applies if there is a mail.html, or a page of that name with another ending;
// otherwise the type is views::mail. So the files are PAGE without its last extension, letter for
// letter (no mangling), below the folder "views". --out is the include directory: handlers say
// #include "views/blog/entry.h". Two pages whose types would be the same are an error, and so is a
// page with the name of a folder of pages: views::blog can't be both a type and a namespace.
//
// --pages lists all pages of a project, so that names that no page uses can be reported; --static
// names the folder in which `static_url("…")` finds its files; --manifest names the route manifest
// of the project, of which templates need only `[escape]`.
//
// The pages of a template folder are the files that end in .html, .htm, .xml, .svg, .txt, .css, .js
// or .json, except those whose name, or a folder above them, begins with '.', and files that begin
// with '_'. The latter are parts: they are included, and see the variables of the including page,
// so they have no unit of their own.
//
// Routes. FILE gives routes.h, routes.cpp and route_urls.cpp under --out.
//
// Both forms:
//  - Outputs are written only if their text changed; the stamp is touched after every success and
//    never after a failure. Hence `OUTPUT stamp BYPRODUCTS *.h *.cpp DEPFILE depfile`.
//  - The depfile names, for the stamp, all that was read: pages, bases, includes, the --pages file
//    or the manifest. It is the only file with absolute paths, and so means the same from every
//    directory.
//  - Paths in messages and in #line are spelled as given here: --root ../../templates and home.html
//    make ../../templates/home.html. Pass them relative to the directory in which the C++ compiler
//    will run, and run bora there too.
//  - --if-missing does nothing while all generated files are there, and never touches the stamp: it
//    is for a step of the build that depends on the stamp and whose outputs are the files.
//  - --live-text makes code for development builds, whose text `bora dev` exchanges in the running
//    program.
//  - Missing folders of outputs, stamp and depfile are made.
//  - Nothing is written when anything is wrong. Diagnostics go to stderr, nothing to stdout.
//
// Exit status: 0 done, 1 the templates or the manifest have errors, 2 wrong usage, 3 a file cannot
// be written or the root is missing. A missing page or manifest is a finding: 1.

#include <string>
#include <vector>

#include "compiler/cli/host.h"
#include "compiler/cli/warning_options.h"

namespace bora::compiler {

/// Members are as given on the command line, and empty if they were not.
struct CompileOptions {
  std::string root;
  std::vector<std::string> pages;
  std::string pages_file;
  std::string routes;
  std::string out;
  std::string stamp;
  std::string depfile;
  std::string static_folder;
  std::string manifest;
  std::string source_dir;    ///< paths below it are printed relative to it; if empty, as they are
  std::string sources_file;  ///< lists the app's C++ files, one per line, for the checks of a
                             ///< manifest
  std::string include_dir;   ///< the folder of a manifest's headers
  bool if_missing = false;
  bool live_text = false;
  WarningOptions warnings;
};

ExitStatus run_compile(const CompileOptions& options, Host& host);

}  // namespace bora::compiler
