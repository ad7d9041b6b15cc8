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
  std::string url;     ///< Empty: it does not run.
  std::string source;  ///< Its folder.
};

/// A file of this app's own.
struct Source {
  std::string path;
  std::string text;
};

/// What the page shows; kept by the application.
struct Tour {
  std::vector<App> apps;
  std::vector<Source> sources;
  std::string project;  ///< The folder to edit.
  std::string bora;     ///< The program to edit it with.
};

class Home : public bora::web::RequestHandler {
 public:
  void get();
};

}  // namespace start
