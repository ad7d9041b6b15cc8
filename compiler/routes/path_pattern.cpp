#include "compiler/routes/path_pattern.h"

#include <algorithm>
#include <utility>

#include "compiler/routes/codes.h"

namespace bora::compiler {
namespace {

std::string nearest_converter(std::string_view word, std::span<const std::string> converters) {
  std::vector<std::string> names(converters.begin(), converters.end());
  for (const std::string_view name : paths::converter_names()) names.emplace_back(name);
  return lang::nearest_name(word, names);
}

}  // namespace

lang::Span Text::part(std::size_t begin, std::size_t end) const {
  if (!is_verbatim) return span;
  return {span.begin + static_cast<std::uint32_t>(begin),
          span.begin + static_cast<std::uint32_t>(end)};
}

std::optional<PathPattern> parse_path_pattern(const Text& text, const PathPattern& prefix,
                                              const lang::SourcePtr& source,
                                              lang::DiagnosticSink& sink,
                                              std::span<const std::string> converters) {
  std::vector<paths::Problem> problems;
  auto pattern = paths::parse_pattern(text.text, prefix, converters, problems);
  for (paths::Problem& problem : problems) {
    lang::Diagnostic diagnostic;
    diagnostic.code = problem.code;
    diagnostic.source = source;
    diagnostic.span = text.part(problem.begin, problem.end);
    diagnostic.message = std::move(problem.message);
    diagnostic.help = std::move(problem.help);
    if (problem.code == codes::kUnknownConverter) {
      const std::string nearest = nearest_converter(
          text.text.substr(problem.begin, problem.end - problem.begin), converters);
      if (!nearest.empty()) diagnostic.help = "did you mean '" + nearest + "'?";
    }
    sink.report(std::move(diagnostic));
  }
  if (!pattern) return std::nullopt;
  for (std::size_t i = prefix.parameters.size(); i < pattern->parameters.size(); ++i) {
    PathParameter& parameter = pattern->parameters[i];
    const lang::Span span = text.part(parameter.begin, parameter.end);
    parameter.begin = span.begin;
    parameter.end = span.end;
  }
  PathPattern result;
  static_cast<paths::Pattern&>(result) = std::move(*pattern);
  result.text = prefix.text + text.text;
  result.span = text.span;
  return result;
}

}  // namespace bora::compiler
