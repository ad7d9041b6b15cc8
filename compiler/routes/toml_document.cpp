#include "compiler/routes/toml_document.h"

namespace bora::compiler {
namespace {

/// Thrown if malformed text breaks an assumption of toml++.
struct TomlAssumption {};

constexpr void assume(bool claim) {
  if (!claim) throw TomlAssumption();
}

}  // namespace
}  // namespace bora::compiler

// toml++ is compiled in with Bora's settings, even if the system has it as a library with others.
// Its assertions stay in every build, because malformed text breaks some of them: in optimised
// builds they would be promises to the compiler.
#undef NDEBUG
#undef TOML_HEADER_ONLY
#undef TOML_SHARED_LIB
#define TOML_HEADER_ONLY 1
#define TOML_ASSERT(claim) ::bora::compiler::assume(static_cast<bool>(claim))
#define TOML_EXCEPTIONS 0
#define TOML_ENABLE_FORMATTERS 0
#define TOML_ENABLE_WINDOWS_COMPAT 0
#if __has_include(<toml++/toml.hpp>)
#include <toml++/toml.hpp>
#else
#include <toml++/toml.h>
#endif

#include <algorithm>
#include <map>
#include <utility>

#include "compiler/routes/codes.h"
#include "runtime/text/utf8.h"
#include "templates-lang/characters.h"
#include "templates-lang/utf8.h"

namespace bora::compiler {
namespace {

using lang::Span;

// Each dot of `a.b.c` nests a table, and tables are freed recursively.
constexpr int kMaxDots = 200;

/// Converts toml++'s lines and columns, which count characters, to bytes.
class PlaceFinder {
 public:
  explicit PlaceFinder(const lang::SourceText& source) : source_(source) {}

  std::uint32_t offset(const toml::source_position& position) {
    if (position.line == 0) return 0;
    const auto number = static_cast<std::uint32_t>(position.line);
    if (number > source_.line_count()) return static_cast<std::uint32_t>(source_.text().size());
    const std::vector<std::uint32_t>& characters = characters_of(number);
    const std::size_t index = std::min<std::size_t>(position.column - 1, characters.size() - 1);
    return characters[index];
  }

  Span span(const toml::source_region& region) {
    const std::uint32_t begin = offset(region.begin);
    return {begin, std::max(begin, offset(region.end))};
  }

 private:
  // Returns where each character of the line begins, and where the line ends.
  const std::vector<std::uint32_t>& characters_of(std::uint32_t number) {
    const auto [place, is_new] = lines_.try_emplace(number);
    if (!is_new) return place->second;
    const std::string_view line = source_.line(number);
    // The view of an empty line may be anywhere, even after the text's end.
    const auto begin = line.empty()
                           ? end_of_line_before(number)
                           : static_cast<std::uint32_t>(line.data() - source_.text().data());
    for (std::uint32_t i = 0; i < line.size(); ++i) {
      if (!text::is_continuation(line[i])) place->second.push_back(begin + i);
    }
    place->second.push_back(begin + static_cast<std::uint32_t>(line.size()));
    return place->second;
  }

  std::uint32_t end_of_line_before(std::uint32_t number) const {
    std::size_t at = 0;
    for (; number > 1; --number) at = source_.text().find('\n', at) + 1;
    return static_cast<std::uint32_t>(at);
  }

  const lang::SourceText& source_;
  std::map<std::uint32_t, std::vector<std::uint32_t>> lines_;
};

class TreeConverter {
 public:
  TreeConverter(const lang::SourceText& source, PlaceFinder& places)
      : text_(source.text()), places_(places) {}

  TomlValue convert(const toml::node& node) {
    TomlValue value;
    value.span = places_.span(node.source());
    switch (node.type()) {
      case toml::node_type::table:
        convert_table(*node.as_table(), value);
        break;
      case toml::node_type::array:
        value.kind = TomlValue::Kind::array;
        for (const toml::node& item : *node.as_array()) value.items.push_back(convert(item));
        break;
      case toml::node_type::string:
        convert_string(node.as_string()->get(), value);
        break;
      case toml::node_type::integer:
        value.kind = TomlValue::Kind::integer;
        value.integer = node.as_integer()->get();
        break;
      case toml::node_type::floating_point:
        value.kind = TomlValue::Kind::real;
        value.real = node.as_floating_point()->get();
        break;
      case toml::node_type::boolean:
        value.kind = TomlValue::Kind::boolean;
        value.boolean = node.as_boolean()->get();
        break;
      default:
        value.kind = TomlValue::Kind::date;
        break;
    }
    return value;
  }

 private:
  void convert_table(const toml::table& table, TomlValue& value) {
    value.kind = TomlValue::Kind::table;
    for (const auto& [key, node] : table) {
      value.entries.push_back({std::string(key.str()), places_.span(key.source()), convert(node)});
    }
    std::ranges::sort(value.entries, {},
                      [](const TomlEntry& entry) { return entry.key_span.begin; });
  }

  void convert_string(const std::string& text, TomlValue& value) {
    value.kind = TomlValue::Kind::string;
    value.text = text;
    const std::string_view quoted = text_.substr(value.span.begin, value.span.size());
    const bool is_long = quoted.starts_with("\"\"\"") || quoted.starts_with("'''");
    const std::uint32_t quotes = is_long && quoted.size() >= 6 ? 3 : 1;
    if (quoted.size() < 2 * quotes) return;
    value.span = {value.span.begin + quotes, value.span.end - quotes};
    value.is_verbatim = text_.substr(value.span.begin, value.span.size()) == text;
  }

  std::string_view text_;
  PlaceFinder& places_;
};

/// The parts of a message of toml++: "Error while parsing WHAT: REASON".
struct Reason {
  explicit Reason(std::string_view description) {
    constexpr std::string_view kPrefix = "Error while parsing ";
    if (!description.starts_with(kPrefix)) {
      reason = description;
      return;
    }
    description.remove_prefix(kPrefix.size());
    const std::size_t colon = description.find(": ");
    what = description.substr(0, colon);
    if (colon != std::string_view::npos) reason = description.substr(colon + 2);
  }

  [[nodiscard]] bool has(std::string_view words) const {
    return reason.find(words) != std::string_view::npos;
  }

  std::string_view what;
  std::string_view reason;
};

std::string replaced(std::string text, std::string_view from, std::string_view to) {
  for (std::size_t at = text.find(from); at != std::string::npos;
       at = text.find(from, at + to.size())) {
    text.replace(at, from.size(), to);
  }
  return text;
}

std::string quoted_word(std::string_view text) {
  const std::size_t begin = text.find('\'');
  const std::size_t end = text.rfind('\'');
  return std::string(begin < end ? text.substr(begin + 1, end - begin - 1) : std::string_view());
}

struct Finding {
  const char* code = codes::kNotToml;
  std::string message;
  std::string help;
};

Finding explain(const Reason& reason) {
  const std::string what(reason.what == "root table" ? "manifest" : reason.what);
  if (reason.has("cannot redefine existing")) {
    std::string name = quoted_word(reason.reason);
    return {codes::kDefinedTwice, "'" + name + "' is defined a second time",
            "a key can stand in a table once"};
  }
  if (reason.has("encountered end-of-file")) {
    return {codes::kNotToml, "the file ends in the middle of this " + what, ""};
  }
  if (what == "string" && reason.has("unescaped control characters")) {
    return {codes::kNotToml, "a control character in a string", "write it as \\t or \\u0000"};
  }
  if (reason.has("could not determine value type") || reason.has("expected 'nan'") ||
      reason.has("expected 'inf'") || reason.has("could not be interpreted as a value")) {
    return {codes::kNotToml, "this is no TOML value", "text stands in quotes"};
  }
  if (reason.has("exceeded maximum nested value depth")) {
    return {codes::kNotToml, "values nest too deep", ""};
  }
  std::string message = replaced(std::string(reason.reason), ", saw ", ", found ");
  message = replaced(std::move(message), "'\\n'", "the end of the line");
  message = replaced(std::move(message), "in TOML 1.0.0 and earlier", "in TOML 1.0");
  message = replaced(std::move(message), "explicitly prohibited", "not allowed");
  return {codes::kNotToml, "not TOML (" + what + "): " + message, ""};
}

// Returns the place of a finding. toml++ reports a redefinition after the key, or at the bracket
// before it; this finds the word itself.
Span place_of(const lang::SourceText& source, std::uint32_t offset, const Finding& finding) {
  const auto size = static_cast<std::uint32_t>(source.text().size());
  offset = std::min(offset, size);
  if (finding.code != std::string_view(codes::kDefinedTwice)) return {offset, offset};
  std::string name = quoted_word(finding.message);
  name = name.substr(name.rfind('.') + 1);
  const std::string_view line = source.line(source.position(offset).line);
  if (line.empty() || name.empty()) return {offset, offset};
  const auto line_begin = static_cast<std::uint32_t>(line.data() - source.text().data());
  std::size_t found = line.rfind(name, offset - line_begin);
  if (found == std::string_view::npos) found = line.find(name);
  if (found == std::string_view::npos) return {offset, offset};
  const auto begin = line_begin + static_cast<std::uint32_t>(found);
  return {begin, begin + static_cast<std::uint32_t>(name.size())};
}

/// Finds mistakes that toml++ reports badly or does not survive: bytes that are no text, strings
/// without an end (it reports the file's end), characters outside quotes for which its behaviour is
/// undefined, and keys that nest so deep that freeing them would exhaust the stack.
class TextCheck {
 public:
  explicit TextCheck(std::string_view text) : text_(text) {}

  std::optional<lang::Diagnostic> run() {
    if (const std::size_t at = text_.find('\0'); at != std::string_view::npos) {
      report(codes::kNulByte, at, at, "the manifest holds a NUL byte", "is this a text file?");
    } else if (const std::size_t wrong = lang::find_invalid_utf8(text_);
               wrong != std::string_view::npos) {
      report(codes::kInvalidUtf8, wrong, wrong, "the manifest is not valid UTF-8",
             "save it as UTF-8");
    } else {
      if (text_.starts_with("\xEF\xBB\xBF")) at_ = 3;
      while (at_ < text_.size() && !finding_) step();
    }
    return std::move(finding_);
  }

 private:
  void step() {
    const char c = text_[at_];
    if (c == '"' || c == '\'') {
      skip_string(c);
    } else if (c == '#') {
      at_ = std::min(text_.find('\n', at_), text_.size());
    } else if (static_cast<unsigned char>(c) >= 0x80) {
      const std::size_t size = lang::decode_utf8(text_, at_).size;
      report(codes::kNotToml, at_, at_ + size,
             "'" + std::string(text_.substr(at_, size)) + "' outside of quotes",
             "keys and values with such characters stand in quotes");
    } else {
      if (c == '[' && is_line_start_ && open_.empty()) check_header();
      count_nesting(c);
      is_line_start_ = c == '\n' || (is_line_start_ && (c == ' ' || c == '\t'));
      ++at_;
      return;
    }
    is_line_start_ = false;
  }

  void check_header() {
    std::size_t name = text_.find_first_not_of(" \t", at_ + 1);
    if (name < text_.size() && text_[name] == '[') name = text_.find_first_not_of(" \t", name + 1);
    if (name >= text_.size()) return;
    const char c = text_[name];
    if (lang::is_word_byte(c) || c == '-' || c == '"' || c == '\'' || c == ']') return;
    report(codes::kNotToml, at_, at_ + 1, "the section that begins here has no name",
           "such as [routes]");
  }

  // Each dot of a key nests a table. Inside brackets, the dots outside them count too.
  void count_nesting(char c) {
    if (c == '[' || c == '{') open_.push_back(c);
    if (c == ']' || c == '}') close_bracket(c);
    if (c == '\n' && open_.empty()) dots_ = 0;
    if (c == '.' && ++dots_ > kMaxDots) {
      report(codes::kNotToml, at_, at_ + 1, "keys nest too deep", "");
    }
  }

  void close_bracket(char c) {
    const char opener = c == ']' ? '[' : '{';
    if (!open_.empty() && open_.back() == opener) {
      open_.pop_back();
    } else {
      report(codes::kNotToml, at_, at_ + 1, std::string("'") + c + "' closes nothing",
             open_.empty() ? "" : std::string("the last open bracket is '") + open_.back() + "'");
    }
  }

  void skip_string(char quote) {
    const std::size_t begin = at_;
    const std::string fence(3, quote);
    const bool is_long = text_.substr(at_).starts_with(fence);
    at_ += is_long ? 3 : 1;
    while (at_ < text_.size()) {
      const char c = text_[at_];
      if (c == '\n' && !is_long) break;
      if (c == '\\' && quote == '"') {
        if (!skip_escape()) return;
      } else if (c != quote || (is_long && !text_.substr(at_).starts_with(fence))) {
        ++at_;
      } else {
        at_ += is_long ? 3 : 1;
        // Two quotes at the end of a long string are part of it.
        for (int i = 0; is_long && i < 2 && at_ < text_.size() && text_[at_] == quote; ++i) ++at_;
        return;
      }
    }
    const std::size_t shown = std::min(begin + (is_long ? 3 : 1), text_.size());
    report(codes::kNotToml, begin, shown, "the string that begins here is never closed",
           is_long ? "" : "add the closing quote in the same line");
  }

  bool skip_escape() {
    const char next = at_ + 1 < text_.size() ? text_[at_ + 1] : ' ';
    if (next == ' ' || next == '\t' || next == '\r' || next == '\n') {
      report(codes::kNotToml, at_, at_ + 1,
             "a backslash at the end of a line is not supported here",
             "write the string in one line");
      return false;
    }
    if (static_cast<unsigned char>(next) >= 0x80) {
      report(codes::kNotToml, at_, at_ + 1, "a backslash before a letter that is no escape",
             "the backslash itself is '\\\\'");
      return false;
    }
    at_ += 2;
    return true;
  }

  void report(const char* code, std::size_t begin, std::size_t end, std::string message,
              std::string help) {
    finding_.emplace();
    finding_->code = code;
    finding_->span = {static_cast<std::uint32_t>(begin), static_cast<std::uint32_t>(end)};
    finding_->message = std::move(message);
    finding_->help = std::move(help);
  }

  std::string_view text_;
  std::size_t at_ = 0;
  int dots_ = 0;
  std::string open_;  // the open brackets
  bool is_line_start_ = true;
  std::optional<lang::Diagnostic> finding_;
};

std::optional<toml::parse_result> parse(std::string_view text) {
  try {
    return toml::parse(text);
  } catch (const TomlAssumption&) {
    return std::nullopt;
  }
}

}  // namespace

std::string_view kind_name(TomlValue::Kind kind) {
  switch (kind) {
    case TomlValue::Kind::string:
      return "a string";
    case TomlValue::Kind::integer:
      return "an integer";
    case TomlValue::Kind::real:
      return "a number";
    case TomlValue::Kind::boolean:
      return "true or false";
    case TomlValue::Kind::date:
      return "a date or time";
    case TomlValue::Kind::array:
      return "an array";
    case TomlValue::Kind::table:
      return "a table";
  }
  return {};
}

std::optional<TomlValue> parse_toml(const lang::SourcePtr& source, lang::DiagnosticSink& sink) {
  if (auto finding = TextCheck(source->text()).run()) {
    finding->source = source;
    sink.report(std::move(*finding));
    return std::nullopt;
  }
  const std::optional<toml::parse_result> parsed = parse(source->text());
  if (!parsed) {
    lang::Diagnostic diagnostic;
    diagnostic.code = codes::kNotToml;
    diagnostic.source = source;
    diagnostic.message = "the manifest is not TOML";
    sink.report(std::move(diagnostic));
    return std::nullopt;
  }
  // Neither toml++ nor SourceText counts a byte order mark.
  const toml::parse_result& result = *parsed;
  PlaceFinder places(*source);
  if (!result) {
    Finding finding = explain(Reason(result.error().description()));
    lang::Diagnostic diagnostic;
    diagnostic.source = source;
    diagnostic.span = place_of(*source, places.offset(result.error().source().begin), finding);
    diagnostic.code = finding.code;
    diagnostic.message = std::move(finding.message);
    diagnostic.help = std::move(finding.help);
    sink.report(std::move(diagnostic));
    return std::nullopt;
  }
  return TreeConverter(*source, places).convert(result.table());
}

}  // namespace bora::compiler
