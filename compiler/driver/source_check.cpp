#include "compiler/driver/source_check.h"

#include <set>
#include <string_view>

#include "compiler/driver/codes.h"
#include "runtime/text/characters.h"

namespace bora::compiler {
namespace {

std::string_view last_name(std::string_view qualified) {
  const std::size_t colons = qualified.rfind("::");
  return colons == std::string_view::npos ? qualified : qualified.substr(colons + 2);
}

/// Whether "Home::" stands in the text, as in `void Home::get() {`.
bool defines_methods_of(std::string_view text, std::string_view handler) {
  for (std::size_t at = 0; (at = text.find(handler, at)) != std::string_view::npos; ++at) {
    const bool is_whole = at == 0 || !text::is_word(text[at - 1]);
    if (is_whole && text.substr(at + handler.size()).starts_with("::")) return true;
  }
  return false;
}

}  // namespace

void check_sources(const RouteManifest& manifest, const std::string& include_folder,
                   const std::vector<std::string>& sources, FileSystem& files,
                   lang::DiagnosticSink& sink) {
  std::set<std::string> compiled;
  for (const std::string& source : sources) compiled.insert(files.absolute(source));
  std::set<std::string_view> handlers;
  for (const Route& route : manifest.routes) {
    if (!route.handler.empty()) handlers.insert(last_name(route.handler.text));
  }

  for (const PlacedText& header : manifest.headers) {
    const std::string stem = header.text.text.substr(0, header.text.text.rfind('.'));
    for (const char* ending : {".cpp", ".cc", ".cxx"}) {
      const std::string name = stem + ending;
      const std::string path = join_path(include_folder, name);
      std::string text;
      if (files.kind(path) != FileKind::file || compiled.contains(files.absolute(path)) ||
          files.read(path, text)) {
        continue;
      }
      for (const std::string_view handler : handlers) {
        if (!defines_methods_of(text, handler)) continue;
        lang::Diagnostic missing =
            lang::error_at(codes::kNotInSources, header.source, header.text.span,
                           "'" + path + "' defines the handler '" + std::string(handler) +
                               "', but the app is built without it",
                           "name it in SOURCES of bora_add_app()");
        missing.severity = lang::Severity::warning;
        sink.report(std::move(missing));
        break;
      }
    }
  }
}

}  // namespace bora::compiler
