#pragma once

#include <optional>
#include <string>
#include <vector>

#include "compiler/routes/path_pattern.h"
#include "templates-lang/diagnostic.h"
#include "templates-lang/source_text.h"

namespace bora::compiler {

/// The parts of "api.{tenant}.example.com". A parameter is one whole label.
struct HostPattern {
  struct Label {
    std::string literal;  ///< in lower case
    bool is_parameter = false;
  };

  std::string text;  ///< in lower case, without a dot at the end; empty for every host
  lang::Span span;
  std::vector<Label> labels;
  std::vector<PathParameter> parameters;

  [[nodiscard]] bool empty() const { return labels.empty(); }
  /// The pattern without its parameters' names, "api.{}.example.com": two patterns match the same
  /// hosts exactly if their shapes are equal.
  [[nodiscard]] std::string shape() const;
};

/// Reads a host pattern. Mistakes are reported to `sink`; the result is empty then.
std::optional<HostPattern> parse_host_pattern(const Text& text, const lang::SourcePtr& source,
                                              lang::DiagnosticSink& sink);

}  // namespace bora::compiler
