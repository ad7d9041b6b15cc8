#include "compiler/cli/generate_command.h"

#include <algorithm>
#include <optional>
#include <ostream>
#include <utility>
#include <vector>

#include "compiler/dev/project_edit.h"
#include "compiler/diagnostics/text_report.h"
#include "compiler/driver/project_check.h"
#include "compiler/routes/manifest.h"
#include "templates-lang/diagnostic.h"

namespace bora::compiler {
namespace {

constexpr std::string_view kCommand = "generate";

void replace_all(std::string& text, const std::string& from, const std::string& to) {
  for (std::size_t at = 0; (at = text.find(from, at)) != std::string::npos; at += to.size())
    text.replace(at, from.size(), to);
}

// The texts have "@INCLUDE@" so that no tool takes these lines for includes of this file.
constexpr char kHandlerHeader[] = R"(#pragma once

@INCLUDE@ <bora/web/request_handler.h>

namespace @NAMESPACE@ {

/// Answers @PATH@.
class @CLASS@ : public bora::web::RequestHandler {
 public:
  void get();
};

}  // namespace @NAMESPACE@
)";
constexpr char kHandlerSource[] = R"(@INCLUDE@ "@HEADER@"

@INCLUDE@ "views/@VIEW@.h"

namespace @NAMESPACE@ {

void @CLASS@::get() {
  render(views::@VIEWTYPE@{});
}

}  // namespace @NAMESPACE@
)";
constexpr char kPlainSource[] = R"(@INCLUDE@ "@HEADER@"

namespace @NAMESPACE@ {

void @CLASS@::get() {
  write("@CLASS@\n");
}

}  // namespace @NAMESPACE@
)";
constexpr char kSocketHeader[] = R"(#pragma once

@INCLUDE@ <bora/websocket.h>

@INCLUDE@ <string_view>

namespace @NAMESPACE@ {

/// One connection to @PATH@.
class @CLASS@ : public bora::websocket::WebSocketHandler {
 public:
  void on_message(std::string_view text);
};

}  // namespace @NAMESPACE@
)";
constexpr char kSocketSource[] = R"(@INCLUDE@ "@HEADER@"

namespace @NAMESPACE@ {

void @CLASS@::on_message(std::string_view text) {
  write_message(text);
}

}  // namespace @NAMESPACE@
)";
constexpr char kModuleHeader[] = R"(#pragma once

@INCLUDE@ <bora/web/ui_module.h>

@INCLUDE@ <string>
@INCLUDE@ <string_view>

@INCLUDE@ "views/modules/@FILE@.h"

namespace @NAMESPACE@ {

/// In a template: {% module @NAMESPACE@::@CLASS@("text") %}, after {% import "@HEADER@" %}.
class @CLASS@ : public bora::web::UIModule {
 public:
  std::string render(std::string_view text) {
    return render_string(views::modules::@FILE@{.text = text});
  }
};

}  // namespace @NAMESPACE@
)";
constexpr char kModuleTemplate[] = R"({% import <string_view> %}
{% param std::string_view text %}
<p>{{ text }}</p>
)";
constexpr char kPage[] = R"(<!doctype html>
<html lang="en">
<head>
  <meta charset="utf-8">
  <title>@CLASS@</title>
</head>
<body>
<h1>@CLASS@</h1>
</body>
</html>
)";
constexpr char kTest[] = R"(@INCLUDE@ <bora/testing/catch.h>

TEST_CASE("@FILE@: says what it should do", "[@FILE@]") {
  CHECK(1 + 1 == 2);
}
)";

class Generator {
 public:
  Generator(const GenerateOptions& options, Host& host) : options_(options), host_(host) {}

  ExitStatus run() {
    const std::optional<NameParts> parts = name_parts(options_.name);
    if (!parts) {
      return usage_error(
          host_, kCommand,
          "'" + options_.name +
              "' can't be a name: letters, digits and '_', no word of C++, as in cart or "
              "blog/show_all");
    }
    name_ = *parts;
    if (host_.files.kind("CMakeLists.txt") != FileKind::file) {
      return usage_error(host_, kCommand,
                         "there is no CMakeLists.txt here: go to the folder of an app first");
    }
    host_.files.read("CMakeLists.txt", cmake_);
    host_.files.read("routes.toml", manifest_);
    app_ = app_name();
    if (app_.empty())
      return usage_error(host_, kCommand, "CMakeLists.txt here calls no bora_add_app()");
    find_namespace();
    const ExitStatus status = options_.kind == "handler"     ? handler()
                              : options_.kind == "websocket" ? websocket()
                              : options_.kind == "template"  ? page()
                              : options_.kind == "module"    ? module()
                              : options_.kind == "test"      ? test()
                                                             : no_such_kind();
    return status == ExitStatus::fine ? write() : status;
  }

 private:
  struct File {
    std::string path;
    std::string text;
    bool is_new = true;
    std::string former{};
  };

  ExitStatus no_such_kind() {
    const std::vector<std::string> kinds{"handler", "template", "module", "websocket", "test"};
    const std::string nearest = lang::nearest_name(options_.kind, kinds);
    return usage_error(host_, kCommand,
                       "there is no kind '" + options_.kind + "'" +
                           (nearest.empty() ? "; it is handler, template, module, websocket or test"
                                            : "; did you mean '" + nearest + "'?"));
  }

  [[nodiscard]] std::string app_name() const {
    const std::size_t at = cmake_.find("bora_add_app(");
    if (at == std::string::npos) return {};
    const std::size_t begin = at + 13;
    return cmake_.substr(begin, cmake_.find_first_of(" \t\r\n)", begin) - begin);
  }

  /// Takes the namespace that the manifest names.
  void find_namespace() {
    lang::DiagnosticSink sink;
    if (manifest_.empty()) return;
    if (const auto manifest = check_manifest("routes.toml", host_.files, sink))
      namespace_ = manifest->app_namespace.text;
    has_sound_manifest_ = !sink.has_errors();
  }

  /// Returns the folder that paths in includes begin at: that of main.cpp.
  [[nodiscard]] std::string source_folder() const {
    return host_.files.kind("src") == FileKind::directory ? "src/" : "";
  }
  [[nodiscard]] std::string handler_folder() const {
    const bool has_folder = host_.files.kind(source_folder() + "handlers") == FileKind::directory;
    return has_folder ? "handlers/" : "";
  }
  [[nodiscard]] std::string path() const {
    if (!options_.path.empty()) return options_.path;
    std::string path = '/' + name_.folder + name_.file;
    std::replace(path.begin(), path.end(), '_', '-');
    return path;
  }

  std::string filled(std::string text, const std::string& header) const {
    std::string view_type = name_.folder;
    replace_all(view_type, "/", "::");
    if (namespace_.empty()) {
      replace_all(text, "namespace @NAMESPACE@ {\n\n", "");
      replace_all(text, "}  // namespace @NAMESPACE@\n", "");
      replace_all(text, "@NAMESPACE@::", "");
      while (text.ends_with("\n\n")) text.pop_back();
    }
    for (const auto& [key, value] : {std::pair<std::string, std::string>{"@NAMESPACE@", namespace_},
                                     {"@INCLUDE@", "#include"},
                                     {"@CLASS@", name_.class_name},
                                     {"@PATH@", path()},
                                     {"@HEADER@", header},
                                     {"@FILE@", name_.file},
                                     {"@VIEW@", name_.folder + name_.file},
                                     {"@VIEWTYPE@", view_type + name_.file}})
      replace_all(text, key, value);
    return text;
  }

  void add_file(const std::string& path, std::string text) {
    files_.push_back({path, std::move(text)});
  }
  void change(const std::string& path, const std::string& former, std::string text) {
    if (former != text) files_.push_back({path, std::move(text), false, former});
  }

  ExitStatus add_to_cmake(const std::string& function, const std::string& path) {
    std::optional<std::string> text = add_source(cmake_, function, app_, path);
    if (!text) {
      return usage_error(host_, kCommand,
                         "CMakeLists.txt has no " + function + "(" + app_ +
                             " … SOURCES …) that could take " + path);
    }
    change("CMakeLists.txt", cmake_, std::move(*text));
    return ExitStatus::fine;
  }

  ExitStatus add_to_manifest(const std::string& header, const std::string& kind) {
    if (manifest_.empty()) {
      notes_ += "  There is no routes.toml: write the route in C++, url<" + name_.class_name +
                ">(\"" + path() + "\").\n";
      return ExitStatus::fine;
    }
    std::string key = name_.folder + name_.file;
    replace_all(key, "/", "_");
    const std::string before = manifest_;
    std::optional<std::string> text = add_use(manifest_, header);
    if (text) {
      text = add_route(
          *text, key, "{ path = \"" + path() + "\", " + kind + " = \"" + name_.class_name + "\" }");
    }
    if (!text) {
      return usage_error(host_, kCommand,
                         "routes.toml could not be understood; add by hand: " + key +
                             " = { path = \"" + path() + "\", " + kind + " = \"" +
                             name_.class_name + "\" }");
    }
    if (has_sound_manifest_) {
      lang::DiagnosticSink sink;
      static_cast<void>(check_manifest_text("routes.toml", *text, host_.files, sink));
      if (sink.has_errors()) {
        host_.err.text << text_report(sink.diagnostics(), {.colours = host_.err.uses_colors})
                       << "bora generate: routes.toml would have this mistake; nothing was "
                          "written\n";
        return ExitStatus::findings;
      }
    }
    change("routes.toml", before, std::move(*text));
    return ExitStatus::fine;
  }

  ExitStatus handler() {
    const std::string header = handler_folder() + name_.folder + name_.file + ".h";
    const std::string source =
        source_folder() + handler_folder() + name_.folder + name_.file + ".cpp";
    add_file(source_folder() + header, filled(kHandlerHeader, header));
    const bool has_template =
        options_.has_template && host_.files.kind("templates") == FileKind::directory;
    add_file(source, filled(has_template ? kHandlerSource : kPlainSource, header));
    if (has_template) page();
    const ExitStatus status = add_to_manifest(header, "handler");
    return status == ExitStatus::fine ? add_to_cmake("bora_add_app", source) : status;
  }

  ExitStatus websocket() {
    const std::string header = handler_folder() + name_.folder + name_.file + ".h";
    const std::string source =
        source_folder() + handler_folder() + name_.folder + name_.file + ".cpp";
    add_file(source_folder() + header, filled(kSocketHeader, header));
    add_file(source, filled(kSocketSource, header));
    const ExitStatus status = add_to_manifest(header, "websocket");
    return status == ExitStatus::fine ? add_to_cmake("bora_add_app", source) : status;
  }

  /// Writes a page that extends the project's base template, if there is one.
  ExitStatus page() {
    std::string base;
    host_.files.read("templates/base.html", base);
    std::string text = kPage;
    if (base.find("{% block content %}") != std::string::npos) {
      text = "{% extends \"base.html\" %}\n";
      if (base.find("{% block title %}") != std::string::npos)
        text += "\n{% block title %}@CLASS@{% end %}\n";
      text += "\n{% block content %}\n<h1>@CLASS@</h1>\n{% end %}\n";
    }
    add_file("templates/" + name_.folder + name_.file + ".html", filled(text, {}));
    return ExitStatus::fine;
  }

  ExitStatus module() {
    const std::string header = "modules/" + name_.file + ".h";
    add_file(source_folder() + header, filled(kModuleHeader, header));
    add_file("templates/modules/" + name_.file + ".html", filled(kModuleTemplate, header));
    return ExitStatus::fine;
  }

  ExitStatus test() {
    const std::string path = "tests/" + name_.file + "_test.cpp";
    add_file(path, filled(kTest, {}));
    if (add_source(cmake_, "bora_add_app_test", app_, path))
      return add_to_cmake("bora_add_app_test", path);
    change("CMakeLists.txt", cmake_,
           cmake_ + (cmake_.ends_with('\n') ? "" : "\n") +
               "\nenable_testing()\nbora_add_app_test(" + app_ + "_test APP " + app_ +
               "\n  SOURCES " + path + ")\n");
    return ExitStatus::fine;
  }

  ExitStatus write() {
    for (const File& file : files_) {
      if (file.is_new && host_.files.kind(file.path) != FileKind::missing) {
        return environment_error(host_, kCommand,
                                 "'" + file.path + "' is there already; nothing was written");
      }
    }
    for (const File& file : files_) {
      host_.out.text << (file.is_new ? "  new      " : "  changed  ") << file.path << '\n';
      if (!file.is_new) host_.out.text << line_diff(file.former, file.text);
      if (options_.is_dry_run) continue;
      FileError error = create_directories(host_.files, std::string(parent_path(file.path)));
      if (!error) {
        error = file.is_new ? host_.files.create_file(file.path, file.text)
                            : host_.files.write(file.path, file.text);
      }
      if (error) {
        return environment_error(host_, kCommand,
                                 "'" + file.path + "' cannot be written: " + error.message);
      }
    }
    host_.out.text << notes_;
    if (options_.is_dry_run) host_.out.text << "Nothing was written (--dry-run).\n";
    return ExitStatus::fine;
  }

  const GenerateOptions& options_;
  Host& host_;
  NameParts name_;
  std::string cmake_;
  std::string manifest_;
  bool has_sound_manifest_ = false;
  std::string app_;
  std::string namespace_;
  std::string notes_;
  std::vector<File> files_;
};

}  // namespace

ExitStatus run_generate(const GenerateOptions& options, Host& host) {
  return Generator(options, host).run();
}

}  // namespace bora::compiler
