#pragma once

#include <string>
#include <vector>

#include <bora/filters.h>
#include <bora/web.h>

namespace start {

/// An app that runs beside this one.
struct App {
  std::string name;
  std::string summary;
  std::string url;     ///< empty if it does not run
  std::string source;  ///< its folder
};

/// One of this app's own files.
struct Source {
  std::string path;
  std::string text;
};

/// What the page shows. The application keeps it.
struct Tour {
  std::vector<App> apps;
  std::vector<Source> sources;
  std::string project;  ///< the folder to edit
  std::string bora;     ///< the program to edit it with
};

class Home : public bora::web::RequestHandler {
 public:
  void get();
};

}  // namespace start
