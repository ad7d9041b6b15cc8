#pragma once

#include <set>
#include <string>
#include <string_view>

#include "templates-lang/inheritance.h"
#include "templates-lang/template_cache.h"

namespace bora::lang {

/// The files of a page.
class FileLoader {
 public:
  FileLoader(Page& page, TemplateCache& cache, DiagnosticSink& sink)
      : page_(page), cache_(cache), sink_(sink) {}

  const Template* load_page();

  /// Returns the file that an extends or include at `span` of `from` names; null if there is none.
  const Template* load(std::string_view written, Span span, const Template& from);

 private:
  const Template* load_resolved(const std::string& name, Diagnostic found, const Template* from);

  Page& page_;
  TemplateCache& cache_;
  DiagnosticSink& sink_;
  std::set<const Template*> loaded_;
};

}  // namespace bora::lang
