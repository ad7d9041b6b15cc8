// The values that are allowed in a style sheet: numbers, lengths, colours, names, texts in quotes,
// lists of them, and functions that compute. No value loads anything or ends what is around it.

#include <algorithm>
#include <cstddef>
#include <string_view>

#include <bora/render/context_sink.h>

#include "runtime/text/characters.h"
#include "runtime/text/hex.h"

namespace bora::render {
namespace {

constexpr const auto& kHex = text::kUpperHex;

// They are sorted for a binary search. Functions that could load something are not among them: url,
// src, image, image-set, cross-fade, element, paint, attr.
constexpr std::string_view kFunctions[] = {
    "abs",
    "acos",
    "anchor",
    "anchor-size",
    "asin",
    "atan",
    "atan2",
    "blur",
    "brightness",
    "calc",
    "calc-size",
    "circle",
    "clamp",
    "color",
    "color-mix",
    "conic-gradient",
    "contrast",
    "cos",
    "counter",
    "counters",
    "cubic-bezier",
    "drop-shadow",
    "ellipse",
    "env",
    "exp",
    "fit-content",
    "grayscale",
    "hsl",
    "hsla",
    "hue-rotate",
    "hwb",
    "hypot",
    "inset",
    "invert",
    "lab",
    "lch",
    "light-dark",
    "linear",
    "linear-gradient",
    "log",
    "matrix",
    "matrix3d",
    "max",
    "min",
    "minmax",
    "mod",
    "oklab",
    "oklch",
    "opacity",
    "path",
    "perspective",
    "polygon",
    "pow",
    "radial-gradient",
    "ray",
    "rect",
    "rem",
    "repeat",
    "repeating-conic-gradient",
    "repeating-linear-gradient",
    "repeating-radial-gradient",
    "rgb",
    "rgba",
    "rotate",
    "rotate3d",
    "rotatex",
    "rotatey",
    "rotatez",
    "round",
    "saturate",
    "scale",
    "scale3d",
    "scalex",
    "scaley",
    "scalez",
    "sepia",
    "shape",
    "sign",
    "sin",
    "skew",
    "skewx",
    "skewy",
    "sqrt",
    "steps",
    "symbols",
    "tan",
    "translate",
    "translate3d",
    "translatex",
    "translatey",
    "translatez",
    "var",
    "xywh",
};
static_assert(std::is_sorted(std::begin(kFunctions), std::end(kFunctions)));
constexpr std::size_t kLongestFunction = 25;

constexpr bool is_word_byte(char c) {
  return text::is_letter(c) || text::is_digit(c) || static_cast<unsigned char>(c) >= 0x80 ||
         c == '.' || c == '-' || c == '_' || c == '%';
}
// A byte of names, numbers and lists of them.
constexpr bool is_plain(char c) {
  return is_word_byte(c) || c == ' ' || c == ',' || c == '!' || c == '#' || c == '+';
}

bool is_function(std::string_view name) {
  char lower[kLongestFunction];
  if (name.empty() || name.size() > kLongestFunction) return false;
  std::transform(name.begin(), name.end(), lower, text::to_lower);
  return std::binary_search(std::begin(kFunctions), std::end(kFunctions),
                            std::string_view(lower, name.size()));
}

void put_escape(Output& out, char c) {
  const auto byte = static_cast<unsigned char>(c);
  const char escape[] = {'\\', kHex[byte >> 4], kHex[byte & 15], ' '};
  out.append(std::string_view(escape, 4));
}

/// Reads a value once to see whether it is one, and once more to write it.
class ValueReader {
 public:
  /// @param out  If null, nothing is written.
  ValueReader(std::string_view text, Output* out, std::string_view quote)
      : text_(text), out_(out), quote_(quote) {}

  bool run() {
    while (at_ < text_.size()) {
      if (!step(text_[at_])) return false;
    }
    return depth_ == 0 && last_ != Last::sign;
  }

 private:
  /// What comes before: nothing that a sign could follow, an operand that may be continued, or a
  /// sign that needs an operand after it.
  enum class Last { nothing, operand, sign };

  static constexpr int kDeepest = 100;

  bool step(char c) {
    switch (c) {
      case ' ':
        return take(1);
      case ',':
        if (last_ == Last::sign) return false;
        last_ = Last::nothing;
        return take(1);
      case '(':  // a '(' after a name was taken with it
        return depth_ > 0 && last_ != Last::operand && open();
      case ')':
        if (depth_ == 0 || last_ == Last::sign) return false;
        --depth_;
        last_ = Last::operand;
        return take(1);
      case '"':
      case '\'':
        return text_in_quotes(c);
      case '/':
        return sign();
      case '*':
        return depth_ > 0 && sign();
      case '[':
        return names_in_brackets();
      case '!':
        return important();
      case '#':
        return color();
      case '+':
      case '-':
        if (is_free_sign()) return depth_ > 0 && sign();
        return word();
      default:
        return is_word_byte(c) && word();
    }
  }

  bool take(std::size_t size) {
    if (out_ != nullptr) out_->append(text_.substr(at_, size));
    at_ += size;
    return true;
  }

  [[nodiscard]] char at(std::size_t i) const { return i < text_.size() ? text_[i] : '\0'; }

  bool open() {
    if (++depth_ > kDeepest) return false;
    last_ = Last::nothing;
    return take(1);
  }

  // Whether it has a blank after it, as in "a + b".
  [[nodiscard]] bool is_free_sign() const { return at(at_ + 1) == ' ' || at_ + 1 == text_.size(); }

  // A sign never follows another, because together they could begin a comment.
  bool sign() {
    if (last_ != Last::operand) return false;
    last_ = Last::sign;
    return take(1);
  }

  bool word() {
    std::size_t end = at_ + 1;
    const bool is_number = text::is_digit(text_[at_]) || text_[at_] == '.' || text_[at_] == '+' ||
                           (text_[at_] == '-' && (text::is_digit(at(end)) || at(end) == '.'));
    const auto is_exponent = [&] { return is_number && text::to_lower(text_[end - 1]) == 'e'; };
    while (is_word_byte(at(end)) ||
           (at(end) == '+' && is_exponent() && text::is_digit(at(end + 1))))
      ++end;
    const std::string_view name = text_.substr(at_, end - at_);
    if (name == "+") return false;
    take(name.size());
    if (at(at_) == '(') return is_function(name) && open();
    last_ = Last::operand;
    return true;
  }

  bool color() {
    std::size_t end = at_ + 1;
    while (is_word_byte(at(end))) ++end;
    if (end == at_ + 1 || at(end) == '(') return false;
    last_ = Last::operand;
    return take(end - at_);
  }

  // The text is written again, with all but plain characters as escapes.
  bool text_in_quotes(char quote) {
    const std::size_t end = text_.find(quote, at_ + 1);
    if (end == std::string_view::npos) return false;
    const std::string_view inner = text_.substr(at_ + 1, end - at_ - 1);
    const bool is_simple = std::all_of(inner.begin(), inner.end(), [](char c) {
      return c != '\\' && static_cast<unsigned char>(c) >= 0x20 && c != '\x7f';
    });
    if (!is_simple) return false;
    if (out_ != nullptr) {
      out_->append(quote_);
      detail::write_css_string(*out_, inner);
      out_->append(quote_);
    }
    at_ = end + 1;
    last_ = Last::operand;
    return true;
  }

  bool names_in_brackets() {
    const std::size_t end = text_.find(']', at_);
    if (end == std::string_view::npos) return false;
    const std::string_view names = text_.substr(at_ + 1, end - at_ - 1);
    const auto is_part = [](char c) { return is_word_byte(c) || c == ' '; };
    if (!std::all_of(names.begin(), names.end(), is_part)) return false;
    last_ = Last::operand;
    return take(end + 1 - at_);
  }

  bool important() {
    std::string_view rest = text_.substr(at_ + 1);
    while (rest.starts_with(' ')) rest.remove_prefix(1);
    while (rest.ends_with(' ')) rest.remove_suffix(1);
    constexpr std::string_view wanted = "important";
    const bool is_it = std::equal(rest.begin(), rest.end(), wanted.begin(), wanted.end(),
                                  [](char a, char b) { return text::to_lower(a) == b; });
    return is_it && depth_ == 0 && last_ == Last::operand && take(text_.size() - at_);
  }

  std::string_view text_;
  Output* out_;
  std::string_view quote_;
  std::size_t at_ = 0;
  int depth_ = 0;
  Last last_ = Last::nothing;
};

bool put_value(Output& out, std::string_view text, std::string_view quote) {
  if (std::all_of(text.begin(), text.end(), is_plain)) {
    out.append(text);
    return true;
  }
  if (!ValueReader(text, nullptr, quote).run()) {
    out.append(kInertCSS);
    return false;
  }
  return ValueReader(text, &out, quote).run();
}

}  // namespace

namespace detail {

bool write_css_value(Output& out, std::string_view text) {
  return put_value(out, text, "\"");
}

bool write_css_attribute_value(Output& out, std::string_view text) {
  return put_value(out, text, "&quot;");
}

void write_css_string(Output& out, std::string_view text) {
  for (const char c : text) {
    if (c == '\0') {
      out.append("\xef\xbf\xbd");
    } else if (is_plain(c) && c != '+') {
      out.append(std::string_view(&c, 1));
    } else {
      put_escape(out, c);
    }
  }
}

void write_trusted_css(Output& out, std::string_view text) {
  for (std::size_t at = 0; at < text.size(); ++at) {
    const char next = at + 1 < text.size() ? text[at + 1] : '/';
    if (text[at] == '<' && (next == '/' || next == '!')) {
      put_escape(out, '<');
    } else {
      out.append(text.substr(at, 1));
    }
  }
}

void write_trusted_css_attribute(Output& out, std::string_view text) {
  out.append_escaped(text);
}

}  // namespace detail
}  // namespace bora::render
