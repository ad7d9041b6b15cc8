#include "runtime/web/path_pattern.h"

#include <fmt/core.h>

#include <algorithm>
#include <stdexcept>

#include <bora/web/route_table.h>

#include "runtime/web/path_text.h"

// `bora compile` reads the same language with better messages (compiler/routes/path_pattern.cpp).

namespace bora::web {
namespace {

constexpr std::size_t kMaxLiteral = 255;  // as canonical text; matching has room for as much
constexpr std::size_t kMaxSegments = 64;

class PatternParser {
 public:
  explicit PatternParser(std::string_view text) : text_(text) {}

  PathPattern parse() {
    if (text_.empty() || text_.front() != '/') fail("it must begin with '/'");
    std::size_t begin = 1;
    while (begin < text_.size()) {
      const std::size_t end = std::min(text_.find('/', begin), text_.size());
      add_segment(text_.substr(begin, end - begin), end == text_.size());
      begin = end + 1;
    }
    pattern_.ends_with_slash = text_.back() == '/';
    if (pattern_.segments.size() > kMaxSegments) fail("it has more than 64 segments");
    if (pattern_.parameter_count() > PathArgs::kMax) fail("it has more than 16 parameters");
    return std::move(pattern_);
  }

 private:
  [[noreturn]] void fail(std::string_view reason) const {
    throw std::invalid_argument(fmt::format("route pattern '{}': {}", text_, reason));
  }

  void add_segment(std::string_view segment, bool is_last) {
    if (segment.empty()) fail("it has an empty segment ('//')");
    if (segment.find_first_of("{}") == std::string_view::npos) {
      add_literal(segment);
    } else {
      add_parameter(segment, is_last);
    }
  }

  void add_literal(std::string_view segment) {
    for (const char c : segment) {
      if (c == '?' || c == '#' || c == '\\' || static_cast<unsigned char>(c) <= ' ' ||
          c == '\x7f') {
        fail("it has a character that no path can have: write it percent-encoded");
      }
    }
    if (!has_valid_escapes(segment)) fail("two hexadecimal digits must follow '%' (itself '%25')");
    std::string text;
    append_canonical(text, segment);
    if (is_dot_segment(text)) fail("no request has a segment '.' or '..'");
    if (text.size() > kMaxLiteral) fail("it has a segment longer than 255 bytes");
    pattern_.segments.push_back({PathPattern::Kind::literal, std::move(text)});
  }

  void add_parameter(std::string_view segment, bool is_last) {
    if (segment.front() != '{' || segment.find('}') != segment.size() - 1 ||
        segment.find('{', 1) != std::string_view::npos) {
      fail(fmt::format("'{}': a parameter must be a whole segment, '{{name}}' or '{{name:int}}'",
                       segment));
    }
    segment = segment.substr(1, segment.size() - 2);
    const std::size_t colon = segment.find(':');
    PathPattern::Segment parameter{PathPattern::Kind::string,
                                   std::string(segment.substr(0, colon))};
    if (colon != std::string_view::npos) parameter.kind = converter(segment.substr(colon + 1));
    if (parameter.kind == PathPattern::Kind::rest && !is_last) {
      fail(fmt::format("'{{{}}}' must be the last segment", segment));
    }
    check_name(parameter.text);
    pattern_.segments.push_back(std::move(parameter));
  }

  PathPattern::Kind converter(std::string_view name) const {
    if (name == "int") return PathPattern::Kind::integer;
    if (name == "path") return PathPattern::Kind::rest;
    fail(fmt::format("there is no converter '{}'; there are 'int' and 'path'", name));
  }

  void check_name(const std::string& name) const {
    const auto is_word = [](char c) {
      return c != '-' && c != '.' && c != '~' && is_unreserved(c);
    };
    if (name.empty() || (name.front() >= '0' && name.front() <= '9') ||
        !std::all_of(name.begin(), name.end(), is_word)) {
      fail(fmt::format("'{}' is no parameter name: letters, digits and '_'", name));
    }
    for (const PathPattern::Segment& other : pattern_.segments) {
      if (other.kind != PathPattern::Kind::literal && other.text == name) {
        fail(fmt::format("it has two parameters '{}'", name));
      }
    }
  }

  std::string_view text_;
  PathPattern pattern_;
};

}  // namespace

std::size_t PathPattern::parameter_count() const {
  return static_cast<std::size_t>(
      std::count_if(segments.begin(), segments.end(),
                    [](const Segment& segment) { return segment.kind != Kind::literal; }));
}

PathPattern parse_path_pattern(std::string_view text) {
  return PatternParser(text).parse();
}

}  // namespace bora::web
