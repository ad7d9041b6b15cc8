#include "runtime/paths/path_pattern.h"

#include <algorithm>
#include <array>
#include <utility>

#include "runtime/paths/codes.h"
#include "runtime/paths/foreign_syntax.h"
#include "runtime/paths/segment_regex.h"
#include "runtime/text/characters.h"
#include "runtime/text/percent.h"

namespace bora::paths {
namespace {

struct Name {
  std::string_view name;
  Converter converter;
};
constexpr std::array<Name, 8> kNames = {{{"bool", Converter::boolean},
                                         {"float", Converter::real},
                                         {"i64", Converter::integer},
                                         {"int", Converter::integer},
                                         {"path", Converter::path},
                                         {"slug", Converter::slug},
                                         {"uint", Converter::uint},
                                         {"uuid", Converter::uuid}}};
constexpr auto kNameTexts = [] {
  std::array<std::string_view, kNames.size()> texts;
  for (std::size_t i = 0; i < kNames.size(); ++i) texts[i] = kNames[i].name;
  return texts;
}();

bool is_identifier(std::string_view text) {
  return !text.empty() && !text::is_digit(text.front()) && std::ranges::all_of(text, text::is_word);
}

std::string shown(char c) {
  if (c == ' ') return "a blank";
  if (static_cast<unsigned char>(c) < ' ' || c == '\x7f') return "a control character";
  return std::string("'") + c + "'";
}

std::string quoted(std::string_view text) {
  return "'" + std::string(text) + "'";
}

/// Returns the '}' of the '{' at `open`; npos if there is none. Braces and slashes within a regular
/// expression do not count.
std::size_t closing_brace(std::string_view text, std::size_t open) {
  bool is_in_regex = false;
  bool is_in_class = false;
  int depth = 0;
  for (std::size_t i = open; i < text.size(); ++i) {
    const char c = text[i];
    if (!is_in_regex) {
      if (c == '}') return i;
      if (c == '/' || (c == '{' && i > open)) return std::string_view::npos;
      is_in_regex = c == ':';
    } else if (c == '\\') {
      ++i;
    } else if (is_in_class) {
      is_in_class = c != ']';
    } else if (c == '[') {
      is_in_class = true;
    } else if (c == '{') {
      ++depth;
    } else if (c == '}' && depth-- == 0) {
      return i;
    }
  }
  return std::string_view::npos;
}

class PatternParser {
 public:
  PatternParser(std::string_view text, const Pattern& prefix,
                std::span<const std::string> converters, std::vector<Problem>& problems)
      : text_(text),
        converters_(converters),
        problems_(problems),
        pattern_(prefix),
        prefix_parameters_(prefix.parameters.size()),
        has_prefix_(!prefix.segments.empty()) {}

  std::optional<Pattern> parse() {
    pattern_.ends_with_slash = text_.ends_with('/');
    if (text_.empty()) {
      if (!has_prefix_)
        report(codes::kEmptyValue, 0, 0, "the path is empty", "the first page's path is '/'");
    } else if (text_.front() != '/' && text_.front() != '^') {
      report(codes::kNoLeadingSlash, 0, text_.size(), "a path begins with '/'",
             "did you mean '/" + std::string(text_) + "'?");
    } else if (report_foreign(foreign_syntax(text_))) {
      return std::nullopt;
    } else if (text_.front() == '/') {
      parse_segments();
    } else {
      report(codes::kNoLeadingSlash, 0, text_.size(), "a path begins with '/'", "");
    }
    if (has_problems_) return std::nullopt;
    return std::move(pattern_);
  }

 private:
  bool report_foreign(const std::optional<ForeignSyntax>& found) {
    if (!found) return false;
    report(codes::kForeignSyntax, found->begin, found->end,
           quoted(text_.substr(found->begin, found->end - found->begin)) +
               " is how other frameworks write " + found->what,
           found->help);
    return true;
  }

  void parse_segments() {
    for (std::size_t begin = 1; begin < text_.size();) {
      const std::size_t end = segment_end(begin);
      check_nothing_behind_optional();
      parse_segment(begin, end);
      begin = end + 1;
    }
    if (pattern_.ends_with_slash && text_.size() > 1) check_nothing_behind_optional();
    if (pattern_.segments.size() > kMaxSegments) {
      report(codes::kPathTooLarge, 0, text_.size(), "the path has more than 64 segments", "");
    }
    if (pattern_.parameters.size() > kMaxParameters) {
      report(codes::kPathTooLarge, 0, text_.size(), "the path has more than 16 parameters", "");
    }
  }

  [[nodiscard]] std::size_t segment_end(std::size_t begin) const {
    for (std::size_t i = begin; i < text_.size(); ++i) {
      if (text_[i] == '/') return i;
      if (text_[i] != '{') continue;
      const std::size_t close = closing_brace(text_, i);
      if (close != std::string_view::npos) i = close;
    }
    return text_.size();
  }

  void check_nothing_behind_optional() {
    if (pattern_.segments.empty() || !pattern_.segments.back().is_parameter) return;
    const Parameter& last = pattern_.parameters.back();
    if (!last.is_optional || has_optional_problem_) return;
    has_optional_problem_ = true;
    const bool is_of_prefix = pattern_.parameters.size() <= prefix_parameters_;
    report(codes::kOptionalNotLast, is_of_prefix ? 0 : last.begin,
           is_of_prefix ? text_.size() : last.end,
           "only the last segment can be optional: '" + last.name + "' is not",
           "give the path without it a route of its own");
  }

  void parse_segment(std::size_t begin, std::size_t end) {
    const std::string_view segment = text_.substr(begin, end - begin);
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
      if (text::is_escape(segment, i)) return true;
      report(codes::kBadEscape, place, place + 1, "two hexadecimal digits must follow '%'",
             "the percent sign itself is '%25'");
      return false;
    }
    if (text::is_path_character(c) || static_cast<unsigned char>(c) >= 0x80) return true;
    std::string help = "percent-encoded it would be '";
    text::append_escaped(help, c);
    help += "'";
    if (c == '?' && place + 1 == text_.size() && place > 1 && text_[place - 1] == '/') {
      help =
          "a slash that may be missing is said by 'slash', \"redirect-add\" or \"redirect-remove\"";
    } else if (c == '?' || c == '#')
      help = "routes match the path only: what stands before '?'";
    report(codes::kBadPathCharacter, place, place + 1, "a path can't hold " + shown(c),
           std::move(help));
    return false;
  }

  /// Checks that the segment is "{…}" and nothing else.
  bool check_braces(std::string_view segment, std::size_t begin) {
    const std::size_t open = segment.find('{');
    const std::size_t first_close = segment.find('}');
    if (open == std::string_view::npos || first_close < open) {
      report(codes::kUnbalancedBrace, begin + first_close, begin + first_close + 1,
             "'}' closes nothing", "parameters are written '{name}'");
      return false;
    }
    const std::size_t close = closing_brace(segment, open);
    if (close == std::string_view::npos) {
      report(codes::kUnbalancedBrace, begin + open, begin + open + 1, "'{' is never closed",
             "add '}'");
      return false;
    }
    if (open == 0 && close == segment.size() - 1) return true;
    report(codes::kTextAroundParameter, begin, begin + segment.size(),
           "a parameter must be a whole segment: no text beside " +
               quoted(segment.substr(open, close - open + 1)),
           "take the segment apart in the handler");
    return false;
  }

  void parse_parameter(std::size_t begin, std::size_t end) {
    const std::string_view inside = text_.substr(begin, end - begin);
    const std::size_t colon = std::min(inside.find(':'), inside.size());
    std::string_view name = inside.substr(0, colon);
    Parameter parameter;
    if (name.ends_with('?')) {
      parameter.is_optional = true;
      name.remove_suffix(1);
    }
    parameter.name = name;
    parameter.begin = static_cast<std::uint32_t>(begin);
    parameter.end = static_cast<std::uint32_t>(begin + name.size());
    if (colon < inside.size())
      parse_converter(inside.substr(colon + 1), begin + colon + 1, parameter);
    if (parameter.converter == Converter::path && end + 1 != text_.size()) {
      report(codes::kPathNotLast, begin - 1, end + 1,
             "'{" + std::string(inside) + "}' must be the last segment",
             "it takes the whole rest of the path");
    }
    check_name(parameter, inside);
    pattern_.segments.push_back({"", true, pattern_.parameters.size()});
    pattern_.parameters.push_back(std::move(parameter));
  }

  void parse_converter(std::string_view text, std::size_t begin, Parameter& parameter) {
    const auto known = std::ranges::find(kNames, text, &Name::name);
    if (known != kNames.end()) {
      parameter.converter = known->converter;
    } else if (std::ranges::find(converters_, text) != converters_.end()) {
      parameter.converter = Converter::custom;
      parameter.argument = text;
    } else if (text.empty() || is_identifier(text)) {
      const bool is_turned = std::ranges::find(kNames, parameter.name, &Name::name) != kNames.end();
      report(codes::kUnknownConverter, begin, begin + text.size(),
             "there is no converter " + quoted(text),
             is_turned && !text.empty()
                 ? "the name stands first: '{" + std::string(text) + ":" + parameter.name + "}'"
                 : "there are 'bool', 'float', 'i64', 'int', 'path', 'slug', 'uint' and 'uuid'; a "
                   "regular "
                   "expression of letters only is written '(…)'");
    } else {
      parse_regex(text, begin, parameter);
    }
  }

  void parse_regex(std::string_view text, std::size_t begin, Parameter& parameter) {
    parameter.converter = Converter::regex;
    parameter.argument = text;
    const std::string better = better_than_regex(parameter.name, text);
    if (!better.empty()) {
      return report(
          codes::kForeignSyntax, begin, begin + text.size(),
          quoted(text) + " is how other frameworks write what needs no regular expression",
          "did you mean '" + better + "'?");
    }
    const std::size_t first = problems_.size();
    if (const auto automaton = compile_regex(text, problems_)) {
      parameter.automaton = std::make_shared<Automaton>(*automaton);
    }
    for (std::size_t i = first; i < problems_.size(); ++i) {
      has_problems_ = true;
      problems_[i].begin += begin;
      problems_[i].end = std::min(problems_[i].end + begin, text_.size());
    }
  }

  void check_name(const Parameter& parameter, std::string_view inside) {
    const std::string& name = parameter.name;
    if (!is_identifier(name)) {
      const std::string meant = meant_parameter(inside);
      report(codes::kBadParameterName, parameter.begin,
             parameter.begin + std::max<std::size_t>(name.size(), 1),
             name.empty() ? "a parameter needs a name"
                          : quoted(name) + " can't be the name of a parameter",
             meant.empty() ? "letters, digits and '_', beginning with a letter"
                           : "did you mean '" + meant + "'?");
      return;
    }
    for (const Parameter& other : pattern_.parameters) {
      if (other.name != name) continue;
      report(codes::kParameterTwice, parameter.begin, parameter.end,
             "the path has two parameters " + quoted(name), "");
    }
  }

  void report(std::string_view code, std::size_t begin, std::size_t end, std::string message,
              std::string help) {
    has_problems_ = true;
    problems_.push_back(
        {code, begin, std::min(end, text_.size()), std::move(message), std::move(help)});
  }

  std::string_view text_;
  std::span<const std::string> converters_;
  std::vector<Problem>& problems_;
  Pattern pattern_;
  std::size_t prefix_parameters_;
  bool has_prefix_;
  bool has_problems_ = false;
  bool has_optional_problem_ = false;
};

std::string shape_of(const Pattern& pattern, std::size_t segment_count) {
  std::string result;
  for (std::size_t i = 0; i < segment_count; ++i) {
    const Segment& segment = pattern.segments[i];
    result += '/';
    if (!segment.is_parameter) {
      result += segment.literal;
      continue;
    }
    const Parameter& parameter = pattern.parameters[segment.parameter];
    result += '{';
    result += converter_name(parameter.converter);
    if (!parameter.argument.empty()) result += ":" + parameter.argument;
    result += '}';
  }
  return result;
}

}  // namespace

std::string_view converter_name(Converter converter) {
  if (converter == Converter::integer) return "int";
  const auto named = std::ranges::find(kNames, converter, &Name::converter);
  return named == kNames.end() ? std::string_view() : named->name;
}

std::span<const std::string_view> converter_names() {
  return kNameTexts;
}

std::string Pattern::shape() const {
  return shape_of(*this, segments.size()) + (ends_with_slash ? "/" : "");
}

std::vector<std::string> Pattern::shapes() const {
  std::vector<std::string> result = {shape()};
  if (has_optional()) {
    result.push_back(segments.size() == 1 ? "/" : shape_of(*this, segments.size() - 1));
  }
  return result;
}

std::optional<Pattern> parse_pattern(std::string_view text, const Pattern& prefix,
                                     std::span<const std::string> converters,
                                     std::vector<Problem>& problems) {
  return PatternParser(text, prefix, converters, problems).parse();
}

std::string canonical_literal(std::string_view text) {
  std::string result;
  for (std::size_t i = 0; i < text.size(); ++i) {
    auto byte = static_cast<unsigned char>(text[i]);
    bool is_plain = text::is_path_character(text[i]);
    if (text[i] == '%' && text::is_escape(text, i)) {
      byte = static_cast<unsigned char>(text::escaped_byte(text, i));
      is_plain = text::is_path_character(static_cast<char>(byte));
      i += 2;
    }
    if (is_plain) {
      result += static_cast<char>(byte);
    } else {
      text::append_escaped(result, static_cast<char>(byte));
    }
  }
  return result;
}

}  // namespace bora::paths
