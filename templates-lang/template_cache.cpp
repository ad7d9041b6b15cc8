#include "templates-lang/template_cache.h"

#include <utility>

#include "templates-lang/checker.h"
#include "templates-lang/parser.h"

namespace bora::lang {

const TemplateCache::Entry& TemplateCache::load(std::string_view name) {
  const auto known = entries_.find(name);
  if (known != entries_.end()) return known->second;

  Entry& entry = entries_[std::string(name)];
  entry.loaded = source_.load(name);
  if (entry.loaded.status != TemplateSource::Status::ok) return entry;
  DiagnosticSink sink;
  entry.file = parse_template(std::string(name), entry.loaded.source, sink);
  check_file(*entry.file, sink);
  entry.diagnostics = sink.diagnostics();
  return entry;
}

const std::vector<std::string>& TemplateCache::names() {
  if (!names_) names_ = source_.names();
  return *names_;
}

}  // namespace bora::lang
