#pragma once

#include <optional>
#include <string>
#include <vector>

#include "compiler/routes/path_pattern.h"
#include "templates-lang/diagnostic.h"
#include "templates-lang/source_text.h"

namespace bora::compiler {

/// "api.{tenant}.example.com", taken apart. A parameter is one whole label.
struct HostPattern {
  struct Label {
    std::string literal;  ///< In lower case.
    bool is_parameter = false;
  };

  std::string text;  ///< In lower case, without a dot at the end; empty: every host.
  lang::Span span;
  std::vector<Label> labels;
  std::vector<PathParameter> parameters;

  [[nodiscard]] bool empty() const { return labels.empty(); }
  /// Two patterns match the same hosts exactly if their shapes are equal: "api.{}.example.com".
  [[nodiscard]] std::string shape() const;
};

/// Reads a host pattern. What is wrong goes into `sink`; then empty.
std::optional<HostPattern> parse_host_pattern(const Text& text, const lang::SourcePtr& source,
                                              lang::DiagnosticSink& sink);

}  // namespace bora::compiler
