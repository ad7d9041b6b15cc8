#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "templates-lang/inheritance.h"

namespace bora::lang {

/// All files of a page, each read once.
class FileLoader {
 public:
  FileLoader(Page& page, TemplateSource& source, DiagnosticSink& sink)
      : page_(page), source_(source), sink_(sink) {}

  const Template* load_page();

  /// The file that an extends or include at `span` of `from` names; null if there is none.
  const Template* load(std::string_view written, Span span, const Template& from);

 private:
  const Template* load_resolved(const std::string& name, Diagnostic found, const Template* from);
  const std::vector<std::string>& names();
  const Template* parse(const std::string& name, SourcePtr source);

  Page& page_;
  TemplateSource& source_;
  DiagnosticSink& sink_;
  std::map<std::string, const Template*, std::less<>> loaded_;
  std::optional<std::vector<std::string>> names_;  // Listed when the first file is missing.
};

}  // namespace bora::lang
