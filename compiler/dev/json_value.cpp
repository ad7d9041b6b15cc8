#include "compiler/dev/json_value.h"

#include <algorithm>
#include <cctype>
#include <charconv>
#include <cstdint>
#include <utility>

namespace bora::compiler {
namespace {

constexpr int kMaxDepth = 64;

class Reader {
 public:
  explicit Reader(std::string_view text) : text_(text) {}

  std::optional<JSONValue> document() {
    JSONValue value;
    if (!read(value, 0)) return std::nullopt;
    skip_blanks();
    return text_.empty() ? std::optional(std::move(value)) : std::nullopt;
  }

 private:
  void skip_blanks() {
    for (;;) {
      while (!text_.empty() && std::isspace(static_cast<unsigned char>(text_.front())) != 0)
        text_.remove_prefix(1);
      if (!text_.starts_with("//")) return;
      text_.remove_prefix(std::min(text_.find('\n'), text_.size()));
    }
  }
  bool take(std::string_view word) {
    skip_blanks();
    if (!text_.starts_with(word)) return false;
    text_.remove_prefix(word.size());
    return true;
  }

  bool read(JSONValue& value, int depth) {
    if (depth > kMaxDepth) return false;
    if (take("{")) return read_object(value, depth);
    if (take("[")) return read_array(value, depth);
    if (take("null")) return true;
    if (take("true") || take("false")) {
      value.kind = JSONValue::Kind::boolean;
      value.boolean = *(text_.data() - 2) == 'u';  // the 'u' of "true"
      return true;
    }
    if (!text_.empty() && text_.front() == '"') {
      value.kind = JSONValue::Kind::string;
      return read_string(value.text);
    }
    value.kind = JSONValue::Kind::number;
    const std::size_t size = std::min(text_.find_first_not_of("+-.0123456789eE"), text_.size());
    value.text = text_.substr(0, size);
    text_.remove_prefix(size);
    return size > 0;
  }

  bool read_object(JSONValue& value, int depth) {
    value.kind = JSONValue::Kind::object;
    if (take("}")) return true;
    do {
      skip_blanks();
      if (!read_string(value.names.emplace_back()) || !take(":") ||
          !read(value.items.emplace_back(), depth + 1))
        return false;
    } while (take(","));
    return take("}");
  }

  bool read_array(JSONValue& value, int depth) {
    value.kind = JSONValue::Kind::array;
    if (take("]")) return true;
    do {
      if (!read(value.items.emplace_back(), depth + 1)) return false;
    } while (take(","));
    return take("]");
  }

  bool read_string(std::string& string) {
    if (text_.empty() || text_.front() != '"') return false;
    text_.remove_prefix(1);
    while (!text_.empty() && text_.front() != '"') {
      char c = text_.front();
      text_.remove_prefix(1);
      if (c == '\\') {
        if (text_.empty()) return false;
        c = text_.front();
        text_.remove_prefix(1);
        if (c == 'u') {
          if (!read_code_point(string)) return false;
          continue;
        }
        constexpr std::string_view kFrom = "nrtbf";
        constexpr std::string_view kTo = "\n\r\t\b\f";
        if (const std::size_t at = kFrom.find(c); at != std::string_view::npos) c = kTo[at];
      }
      string += c;
    }
    if (text_.empty()) return false;
    text_.remove_prefix(1);
    return true;
  }

  bool read_code_point(std::string& string) {
    std::uint32_t code = 0;
    const char* const begin = text_.data();
    if (text_.size() < 4 || std::from_chars(begin, begin + 4, code, 16).ptr != begin + 4)
      return false;
    text_.remove_prefix(4);
    if (code < 0x80) {
      string += static_cast<char>(code);
    } else if (code < 0x800) {
      string += static_cast<char>(0xC0 | (code >> 6));
      string += static_cast<char>(0x80 | (code & 0x3F));
    } else {
      string += static_cast<char>(0xE0 | (code >> 12));
      string += static_cast<char>(0x80 | ((code >> 6) & 0x3F));
      string += static_cast<char>(0x80 | (code & 0x3F));
    }
    return true;
  }

  std::string_view text_;
};

}  // namespace

const JSONValue* JSONValue::find(std::string_view name) const {
  for (std::size_t i = 0; i < names.size() && kind == Kind::object; ++i) {
    if (names[i] == name) return &items[i];
  }
  return nullptr;
}

std::string JSONValue::string(std::string_view name) const {
  const JSONValue* value = find(name);
  return value == nullptr || value->kind != Kind::string ? std::string() : value->text;
}

std::optional<JSONValue> read_json(std::string_view text) {
  return Reader(text).document();
}

}  // namespace bora::compiler
