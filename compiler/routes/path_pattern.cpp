#include "compiler/routes/path_pattern.h"

#include <algorithm>
#include <array>

#include "compiler/routes/codes.h"
#include "compiler/routes/cpp_names.h"
#include "templates-lang/characters.h"

// The run time reads the same language (runtime/web/path_pattern.cpp), for
// url<Handler>("/pattern").

namespace bora::compiler {
namespace {

using lang::Span;

constexpr std::string_view kHexDigits = "0123456789ABCDEF";

int hex_value(char c) {
  const std::size_t digit = kHexDigits.find(c >= 'a' && c <= 'f' ? static_cast<char>(c - 32) : c);
  return digit == std::string_view::npos ? -1 : static_cast<int>(digit);
}

bool is_letter(char c) {
  return lang::to_lower(c) >= 'a' && lang::to_lower(c) <= 'z';
}

bool is_unreserved(char c) {
  return is_letter(c) || lang::is_digit(c) || c == '-' || c == '.' || c == '_' || c == '~';
}

bool is_path_character(char c) {
  return is_unreserved(c) || std::string_view("!$&'()*+,;=:@").find(c) != std::string_view::npos;
}

bool is_escape(std::string_view text, std::size_t at) {
  return at + 2 < text.size() && hex_value(text[at + 1]) >= 0 && hex_value(text[at + 2]) >= 0;
}

void append_escaped(std::string& out, unsigned char byte) {
  out += '%';
  out += kHexDigits[byte >> 4];
  out += kHexDigits[byte & 15];
}

std::string shown(char c) {
  if (c == ' ') return "a blank";
  if (static_cast<unsigned char>(c) < ' ' || c == '\x7f') return "a control character";
  return std::string("'") + c + "'";
}

class PatternParser {
 public:
  PatternParser(const Text& text, const PathPattern& prefix, const lang::SourcePtr& source,
                lang::DiagnosticSink& sink)
      : text_(text),
        source_(source),
        sink_(sink),
        pattern_(prefix),
        has_prefix_(!prefix.text.empty()) {}

  std::optional<PathPattern> parse() {
    pattern_.text += text_.text;
    pattern_.span = text_.span;
    pattern_.ends_with_slash = text_.text.ends_with('/');
    if (text_.empty()) {
      if (!has_prefix_)
        report(codes::kEmptyValue, 0, 0, "the path is empty", "the first page's path is '/'");
    } else if (text_.text.front() != '/') {
      report(codes::kNoLeadingSlash, 0, text_.text.size(), "a path begins with '/'",
             "did you mean '/" + text_.text + "'?");
    } else {
      parse_segments();
    }
    if (has_errors_) return std::nullopt;
    return std::move(pattern_);
  }

 private:
  void parse_segments() {
    const std::string& text = text_.text;
    for (std::size_t begin = 1; begin < text.size();) {
      const std::size_t end = std::min(text.find('/', begin), text.size());
      parse_segment(begin, end);
      begin = end + 1;
    }
    if (pattern_.segments.size() > kMaxSegments) {
      report(codes::kPathTooLarge, 0, text.size(), "the path has more than 64 segments", "");
    }
    if (pattern_.parameters.size() > kMaxParameters) {
      report(codes::kPathTooLarge, 0, text.size(), "the path has more than 16 parameters", "");
    }
  }

  void parse_segment(std::size_t begin, std::size_t end) {
    const std::string_view segment = std::string_view(text_.text).substr(begin, end - begin);
    if (segment.empty()) {
      report(codes::kEmptySegment, begin - 1, end + 1, "the path has an empty segment ('//')",
             "remove one slash");
    } else if (segment.find_first_of("{}") == std::string_view::npos) {
      parse_literal(segment, begin);
    } else if (check_braces(segment, begin)) {
      parse_parameter(begin + 1, end - 1);
    }
  }

  void parse_literal(std::string_view segment, std::size_t begin) {
    for (std::size_t i = 0; i < segment.size(); ++i) {
      if (!check_character(segment, i, begin + i)) return;
    }
    std::string literal = canonical_literal(segment);
    if (literal == "." || literal == "..") {
      report(codes::kDotSegment, begin, begin + segment.size(),
             "no request has a segment '" + literal + "': browsers resolve it", "");
    } else if (literal.size() > kMaxLiteralBytes) {
      report(codes::kPathTooLarge, begin, begin + segment.size(),
             "the path has a segment longer than 255 bytes", "");
    }
    pattern_.segments.push_back({std::move(literal), false, 0});
  }

  bool check_character(std::string_view segment, std::size_t i, std::size_t place) {
    const char c = segment[i];
    if (c == '%') {
      if (is_escape(segment, i)) return true;
      report(codes::kBadEscape, place, place + 1, "two hexadecimal digits must follow '%'",
             "the percent sign itself is '%25'");
      return false;
    }
    if (is_path_character(c) || static_cast<unsigned char>(c) >= 0x80) return true;
    std::string help = "percent-encoded it would be '";
    append_escaped(help, static_cast<unsigned char>(c));
    help += "'";
    if (c == '?' || c == '#') help = "routes match the path only: what stands before '?'";
    report(codes::kBadPathCharacter, place, place + 1, "a path can't hold " + shown(c),
           std::move(help));
    return false;
  }

  /// "{…}" and nothing else.
  bool check_braces(std::string_view segment, std::size_t begin) {
    const std::size_t open = segment.find('{');
    const std::size_t close = segment.find('}');
    const std::size_t second = segment.find('{', open == std::string_view::npos ? open : open + 1);
    if (open == std::string_view::npos || (close != std::string_view::npos && close < open)) {
      report(codes::kUnbalancedBrace, begin + close, begin + close + 1, "'}' closes nothing",
             "parameters are written '{name}'");
      return false;
    }
    if (close == std::string_view::npos || (second != std::string_view::npos && second < close)) {
      report(codes::kUnbalancedBrace, begin + open, begin + open + 1, "'{' is never closed",
             "add '}'");
      return false;
    }
    if (open == 0 && close == segment.size() - 1) return true;
    report(codes::kTextAroundParameter, begin, begin + segment.size(),
           "a parameter must be a whole segment: no text beside '" +
               std::string(segment.substr(open, close - open + 1)) + "'",
           "take the segment apart in the handler");
    return false;
  }

  void parse_parameter(std::size_t begin, std::size_t end) {
    const std::string_view inside = std::string_view(text_.text).substr(begin, end - begin);
    const std::size_t colon = std::min(inside.find(':'), inside.size());
    PathParameter parameter{std::string(inside.substr(0, colon)), Converter::string,
                            text_.part(begin, begin + colon)};
    if (colon < inside.size()) {
      parse_converter(inside.substr(colon + 1), begin + colon + 1, parameter);
    }
    if (parameter.converter == Converter::path && end + 1 != text_.text.size()) {
      report(codes::kPathNotLast, begin - 1, end + 1,
             "'{" + std::string(inside) + "}' must be the last segment",
             "it takes the whole rest of the path");
    }
    check_name(parameter, begin);
    pattern_.segments.push_back({"", true, pattern_.parameters.size()});
    pattern_.parameters.push_back(std::move(parameter));
  }

  void parse_converter(std::string_view name, std::size_t begin, PathParameter& parameter) {
    if (name == "int") {
      parameter.converter = Converter::integer;
    } else if (name == "path") {
      parameter.converter = Converter::path;
    } else {
      const std::string nearest = lang::nearest_name(name, {"int", "path"});
      report(codes::kUnknownConverter, begin, begin + name.size(),
             "there is no converter '" + std::string(name) + "'",
             nearest.empty() ? "there are 'int' and 'path'; without one a parameter is any text"
                             : "did you mean '" + nearest + "'?");
    }
  }

  void check_name(const PathParameter& parameter, std::size_t begin) {
    const std::string& name = parameter.name;
    if (!is_plain_identifier(name)) {
      report(codes::kBadParameterName, begin, begin + std::max<std::size_t>(name.size(), 1),
             name.empty() ? "a parameter needs a name"
                          : "'" + name + "' can't be the name of a parameter",
             "letters, digits and '_', beginning with a letter");
      return;
    }
    for (const PathParameter& other : pattern_.parameters) {
      if (other.name != name) continue;
      report(codes::kParameterTwice, begin, begin + name.size(),
             "the path has two parameters '" + name + "'", "");
    }
  }

  void report(const char* code, std::size_t begin, std::size_t end, std::string message,
              std::string help) {
    has_errors_ = true;
    lang::Diagnostic diagnostic;
    diagnostic.code = code;
    diagnostic.source = source_;
    diagnostic.span = text_.part(begin, std::min(end, text_.text.size()));
    diagnostic.message = std::move(message);
    diagnostic.help = std::move(help);
    sink_.report(std::move(diagnostic));
  }

  const Text& text_;
  const lang::SourcePtr& source_;
  lang::DiagnosticSink& sink_;
  PathPattern pattern_;
  bool has_prefix_;
  bool has_errors_ = false;
};

}  // namespace

Span Text::part(std::size_t begin, std::size_t end) const {
  if (!is_verbatim) return span;
  return {span.begin + static_cast<std::uint32_t>(begin),
          span.begin + static_cast<std::uint32_t>(end)};
}

std::string PathPattern::shape() const {
  static constexpr std::array<std::string_view, 3> kKinds = {"{}", "{int}", "{path}"};
  std::string result;
  for (const PathSegment& segment : segments) {
    result += '/';
    if (segment.is_parameter) {
      result += kKinds[static_cast<std::size_t>(parameters[segment.parameter].converter)];
    } else {
      result += segment.literal;
    }
  }
  if (ends_with_slash) result += '/';
  return result;
}

std::optional<PathPattern> parse_path_pattern(const Text& text, const PathPattern& prefix,
                                              const lang::SourcePtr& source,
                                              lang::DiagnosticSink& sink) {
  return PatternParser(text, prefix, source, sink).parse();
}

std::string canonical_literal(std::string_view text) {
  std::string result;
  for (std::size_t i = 0; i < text.size(); ++i) {
    auto byte = static_cast<unsigned char>(text[i]);
    bool is_plain = is_path_character(text[i]);
    if (text[i] == '%' && is_escape(text, i)) {
      byte = static_cast<unsigned char>(hex_value(text[i + 1]) * 16 + hex_value(text[i + 2]));
      is_plain = is_unreserved(static_cast<char>(byte));
      i += 2;
    }
    if (is_plain) {
      result += static_cast<char>(byte);
    } else {
      append_escaped(result, byte);
    }
  }
  return result;
}

}  // namespace bora::compiler
