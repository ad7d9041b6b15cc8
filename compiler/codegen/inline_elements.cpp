#include "compiler/codegen/inline_elements.h"

#include <optional>

namespace bora::compiler {
namespace {

using lang::HTMLContext;

bool is_raw(const HTMLContext& context) {
  switch (context.state) {
    case HTMLContext::State::raw:
    case HTMLContext::State::raw_less_than:
    case HTMLContext::State::raw_end_open:
    case HTMLContext::State::raw_end_name:
    case HTMLContext::State::raw_bang:
    case HTMLContext::State::raw_bang_dash:
    case HTMLContext::State::raw_start_name:
      return true;
    default:
      return false;
  }
}

std::optional<InlineElement::Kind> kind_of(const HTMLContext& context) {
  if (context.foreign != 0) return {};
  if (context.element == HTMLContext::Element::style) return InlineElement::Kind::style;
  if (context.element != HTMLContext::Element::script) return {};
  const bool runs = context.language == HTMLContext::Language::js ||
                    context.language == HTMLContext::Language::importmap;
  return runs ? std::optional(InlineElement::Kind::script) : std::nullopt;
}

bool starts_with_word(std::string_view text, std::string_view lower) {
  if (text.size() < lower.size()) return false;
  for (std::size_t i = 0; i < lower.size(); ++i) {
    const char c = text[i];
    if ((c >= 'A' && c <= 'Z' ? static_cast<char>(c + 'a' - 'A') : c) != lower[i]) return false;
  }
  return true;
}

// Returns where the first tag begins that may be such an element; npos if there is none. Most text
// has none, and is not examined byte by byte.
std::size_t first_tag(std::string_view text) {
  for (std::size_t at = text.find('<'); at != text.npos; at = text.find('<', at + 1)) {
    const std::string_view rest = text.substr(at + 1);
    if (starts_with_word(rest, "script") || starts_with_word(rest, "style")) return at;
  }
  return text.npos;
}

std::string with_line_ends(std::string_view text) {
  std::string result;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] != '\r') {
      result += text[i];
    } else if (i + 1 == text.size() || text[i + 1] != '\n') {
      result += '\n';
    }
  }
  return result;
}

}  // namespace

std::vector<InlineElement> inline_elements(const HTMLContext& start, std::string_view text,
                                           const lang::EscapeRules& rules) {
  std::vector<InlineElement> found;
  const std::size_t first = first_tag(text);
  if (first == text.npos) return found;
  HTMLContext context = lang::advance_over(start, text.substr(0, first), rules).context;
  std::size_t tag = text.npos;   // where the present tag begins; npos if not in this text
  std::size_t less = text.npos;  // the last '<' in raw text
  std::optional<InlineElement> open;
  for (std::size_t at = first; at < text.size(); ++at) {
    const HTMLContext after = lang::advance_over(context, text.substr(at, 1), rules).context;
    if (is_raw(after)) {
      if (!is_raw(context)) {
        open.reset();
        const std::optional<InlineElement::Kind> kind = kind_of(after);
        if (kind && tag != text.npos) open = InlineElement{*kind, {}, tag, at + 1};
      }
      if (text[at] == '<') less = at;
    } else {
      if (is_raw(context) && open) {
        const std::string_view content = text.substr(open->end, less - open->end);
        if (!content.empty() && content.find('\0') == content.npos) {
          open->content = with_line_ends(content);
          open->end = less;
          found.push_back(std::move(*open));
        }
        open.reset();
      }
      if (after.state == HTMLContext::State::tag_open) tag = at;
      if (after.state == HTMLContext::State::text) tag = text.npos;
    }
    context = after;
  }
  return found;
}

}  // namespace bora::compiler
